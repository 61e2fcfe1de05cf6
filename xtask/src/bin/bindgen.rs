//! Writes the JavaScript bindings of a WebAssembly module: `xtask-bindgen nodejs|web MODULE FOLDER`.

use std::env;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;
use xtask::fault::Fault;
use xtask::say;

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            say::fault(&fault);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Fault> {
    let [kind, module, folder] = arguments else {
        return Err(Fault::new(
            "write the bindings",
            "three words are needed",
            "xtask-bindgen nodejs|web MODULE FOLDER",
        ));
    };
    let next = "Check that wasm-bindgen and wasm-bindgen-cli-support have one version in Cargo.toml.";
    let fault = |error: &dyn std::fmt::Display| {
        Fault::new(format!("write the bindings of {module}"), format!("{error:#}"), next)
    };
    let mut generator = Bindgen::new();
    generator.input_path(module).typescript(true);
    let generator = match kind.as_str() {
        "nodejs" => generator.nodejs(true),
        "web" => generator.web(true),
        other => {
            return Err(Fault::new(
                "write the bindings",
                format!("{other} is no kind"),
                "Use nodejs or web.",
            ));
        }
    };
    generator.map_err(|error| fault(&error))?.generate(folder).map_err(|error| fault(&error))
}
