//! What the bare `haven` says: the commands of every day, on one small screen.

/// At most twenty lines of at most forty columns, with the help for now where the eye is: on the last line.
pub(crate) const OVERVIEW: &str = "\
A private journal on your own devices.

haven init           begin a journal
haven unlock         open it
haven add TEXT       write an entry
haven checkin        note how you feel
haven list           see your entries
haven search WORDS   find some of them

haven today          see what comes up
haven practice list  find an exercise
haven measure list   answer questions
haven progress       look back

haven status         how things stand
haven lock           close the journal
haven help           every command
haven help-now       who you can call
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::parse;

    #[test]
    fn it_fits_a_small_screen_and_names_commands_that_there_are() {
        assert!(OVERVIEW.lines().count() <= 18, "the prompt and what was typed are on the screen too");
        assert!(OVERVIEW.lines().all(|line| line.chars().count() <= 40));
        assert!(OVERVIEW.lines().last().is_some_and(|line| line.starts_with("haven help-now")));
        for line in OVERVIEW.lines().filter(|line| line.starts_with("haven ")) {
            let typed = line.split("  ").next().unwrap();
            assert!(parse(typed.split(' ').map(Into::into)).is_ok(), "{typed}");
        }
    }
}
