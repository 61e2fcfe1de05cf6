//! Writes the Rust code of `proto/` into the rooms that own it: `xtask-generate OUT`, where OUT is the top of a work tree.
//!
//! Apart from `cargo xtask` because the compiler it brings is large, and nobody needs it who does not change a proto.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use protox::prost::Message as _;
use protox::prost_reflect::prost_types::FileDescriptorSet;
use protox::prost_reflect::{DescriptorPool, MessageDescriptor};
use xtask::generate::{PACKAGES, Package};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::args_os().nth(1).ok_or("usage: xtask-generate OUT")?;
    let protos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    for package in &PACKAGES {
        generate(package, &protos, Path::new(&out))?;
    }
    Ok(())
}

fn generate(package: &Package, protos: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let folder = out.join(package.folder);
    fs::create_dir_all(&folder)?;
    let files = package.protos(protos)?;
    let set = protox::compile(files, [protos])?;
    let pool = DescriptorPool::from_file_descriptor_set(set.clone())?;
    fs::write(folder.join(format!("{}.bin", package.name)), bare(set.clone()).encode_to_vec())?;
    tonic_prost_build::configure()
        .build_transport(false)
        .emit_rerun_if_changed(false)
        .bytes(".")
        .btree_map(".")
        .skip_debug(messages(package, &pool).map(|message| format!(".{}", message.full_name())))
        .out_dir(&folder)
        .compile_fds(set)?;
    let code = folder.join(format!("{}.rs", package.name));
    let mut text = fs::read_to_string(&code)?;
    text.push_str(&opaque(package, &pool));
    fs::write(code, text)?;
    Ok(())
}

/// The descriptors without their comments, as reflection needs them: a quarter of the size.
fn bare(mut set: FileDescriptorSet) -> FileDescriptorSet {
    for file in &mut set.file {
        file.source_code_info = None;
    }
    set
}

/// Names every message to the macro that gives it a `Debug` without its content.
fn opaque(package: &Package, pool: &DescriptorPool) -> String {
    let own = pool
        .all_messages()
        .filter(|message| message.package_name() == package.name && !message.is_map_entry());
    let names: BTreeSet<String> = own.flat_map(|message| rust_names(&message)).collect();
    let mut text = String::from("opaque! {\n");
    for name in names {
        let _ = writeln!(text, "    {name},");
    }
    text.push_str("}\n");
    text
}

fn messages<'a>(
    package: &'a Package,
    pool: &'a DescriptorPool,
) -> impl Iterator<Item = MessageDescriptor> + 'a {
    pool.all_messages().filter(|message| message.package_name() == package.name && !message.is_map_entry())
}

/// The Rust paths of a message and its oneofs; none of our messages nests another.
fn rust_names(message: &MessageDescriptor) -> Vec<String> {
    let oneofs = message.oneofs().filter(|oneof| !oneof.is_synthetic());
    let module = snake(message.name());
    let mut names: Vec<String> = oneofs.map(|oneof| format!("{module}::{}", camel(oneof.name()))).collect();
    names.push(message.name().to_owned());
    names
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for (place, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && place > 0 {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

fn camel(name: &str) -> String {
    let parts = name.split('_').map(|part| part[..1].to_uppercase() + &part[1..]);
    parts.collect()
}
