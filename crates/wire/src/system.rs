//! What an operating system refuses, as a person reads it: for every program, the same words.

use std::io;

/// Says why the system refused, in words. Its own words name errors, not reasons, and may hold a path.
pub fn refused(error: &io::Error) -> &'static str {
    use io::ErrorKind as K;
    match error.kind() {
        K::NotFound => "there's no such file or folder",
        K::PermissionDenied => "you don't have the right to do that",
        K::IsADirectory => "it's a folder, not a file",
        K::NotADirectory => "something on the way there is a file, not a folder",
        K::AlreadyExists => "something with that name is there already",
        K::DirectoryNotEmpty => "the folder isn't empty",
        K::StorageFull => "the disk is full",
        K::QuotaExceeded => "you've used all the space you're allowed",
        K::ReadOnlyFilesystem => "the disk can only be read",
        K::FileTooLarge => "it's larger than the disk takes",
        K::InvalidFilename => "the name is too long, or has signs that no file may have",
        K::ExecutableFileBusy | K::ResourceBusy => "another program is using it",
        K::TooManyLinks => "there are too many links to it",
        K::UnexpectedEof => "it ends too early",
        K::InvalidData => "it holds something that can't be read",
        K::BrokenPipe | K::ConnectionAborted | K::ConnectionReset => "the other side closed the connection",
        K::ConnectionRefused | K::NotConnected => "nobody answers there",
        K::TimedOut => "it took too long",
        K::OutOfMemory => "there isn't enough memory",
        K::Interrupted => "it was interrupted",
        K::Unsupported => "this system can't do that",
        _ => "the system refused and gave no reason we know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_and_no_jargon_of_the_system_is_told() {
        for number in 1..134 {
            let error = io::Error::from_raw_os_error(number);
            let told = refused(&error);
            assert!(
                !told.contains("os error") && !told.contains("entity") && told.contains(' '),
                "{number}: {told}"
            );
        }
        assert_eq!(refused(&io::ErrorKind::NotFound.into()), "there's no such file or folder");
        assert_eq!(refused(&io::Error::other("a secret")), "the system refused and gave no reason we know");
    }
}
