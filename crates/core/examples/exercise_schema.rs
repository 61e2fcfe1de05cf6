//! Prints the schema of an exercise; `cargo xtask generate` keeps what it prints in content/exercise.schema.json.

#[expect(clippy::print_stdout, reason = "printing it is what this program is for")]
fn main() {
    println!("{:#}", haven_core::exercise::schema());
}
