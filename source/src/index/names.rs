//! What a file is, by its name.

/// Languages by extension. Markup, data and style sheets are left out: no program fails in them.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("C", &["c", "h"]),
    ("C#", &["cs"]),
    ("C++", &["cc", "cpp", "cxx", "hh", "hpp", "hxx"]),
    ("Clojure", &["clj", "cljc", "cljs"]),
    ("Dart", &["dart"]),
    ("Elixir", &["ex", "exs"]),
    ("Erlang", &["erl", "hrl"]),
    ("F#", &["fs", "fsx"]),
    ("Go", &["go"]),
    ("Groovy", &["groovy"]),
    ("Haskell", &["hs"]),
    ("Java", &["java"]),
    ("JavaScript", &["cjs", "js", "jsx", "mjs"]),
    ("Julia", &["jl"]),
    ("Kotlin", &["kt", "kts"]),
    ("Lua", &["lua"]),
    ("OCaml", &["ml", "mli"]),
    ("PHP", &["php"]),
    ("Perl", &["pl", "pm"]),
    ("Python", &["py"]),
    ("R", &["r"]),
    ("Ruby", &["rb"]),
    ("Rust", &["rs"]),
    ("SQL", &["sql"]),
    ("Scala", &["scala"]),
    ("Shell", &["bash", "sh"]),
    ("Swift", &["swift"]),
    ("TypeScript", &["cts", "mts", "ts", "tsx"]),
    ("Zig", &["zig"]),
];

/// Files that a program begins in, by the conventions of their languages.
const ENTRYPOINTS: &[&str] = &[
    "main.go",
    "main.rs",
    "main.py",
    "__main__.py",
    "app.py",
    "manage.py",
    "wsgi.py",
    "asgi.py",
    "main.c",
    "main.cc",
    "main.cpp",
    "Main.java",
    "Application.java",
    "Main.kt",
    "Application.kt",
    "Main.scala",
    "Program.cs",
    "Program.fs",
    "index.js",
    "index.mjs",
    "index.ts",
    "main.js",
    "main.ts",
    "server.js",
    "server.ts",
    "app.js",
    "app.ts",
    "config.ru",
    "index.php",
    "artisan",
    "application.ex",
    "Main.hs",
    "main.dart",
    "main.swift",
];

/// Files that configure build or deployment.
const CONFIGS: &[&str] = &[
    "Dockerfile",
    "Containerfile",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
    "Chart.yaml",
    "values.yaml",
    "kustomization.yaml",
    "kustomization.yml",
    "skaffold.yaml",
    "Tiltfile",
    "helmfile.yaml",
    "Procfile",
    "Makefile",
    "go.mod",
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "Pipfile",
    "setup.py",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "composer.json",
    "mix.exs",
    "build.sbt",
    "CMakeLists.txt",
    "Jenkinsfile",
    ".gitlab-ci.yml",
    "application.yml",
    "application.yaml",
    "application.properties",
    "appsettings.json",
    "nginx.conf",
];

/// Folders of code that others wrote, or that a program wrote.
const FOREIGN: &[&str] = &["vendor", "node_modules", "third_party", "site-packages", "dist", "target", ".venv", "venv"];

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether others wrote it, or a program did.
pub fn is_foreign(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|folder| FOREIGN.contains(&folder))
}

/// The language a file is written in.
pub fn language(path: &str) -> Option<&'static str> {
    let (_, extension) = name(path).rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    LANGUAGES.iter().find(|(_, extensions)| extensions.contains(&extension.as_str())).map(|(language, _)| *language)
}

/// Whether a program begins in it.
pub fn is_entrypoint(path: &str) -> bool {
    ENTRYPOINTS.contains(&name(path))
}

/// Whether it configures build or deployment: `Dockerfile.web`, `web.Dockerfile` and `values-prod.yaml` do too.
pub fn is_config(path: &str) -> bool {
    let name = name(path);
    let is_values = || {
        let rest = name.strip_prefix("values-")?;
        rest.strip_suffix(".yaml").or_else(|| rest.strip_suffix(".yml"))
    };
    CONFIGS.contains(&name)
        || name.starts_with("Dockerfile.")
        || name.strip_suffix(".Dockerfile").is_some()
        || is_values().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_extension_in_any_case() {
        assert_eq!(language("src/Main.JAVA"), Some("Java"));
        assert_eq!(language("a.b.tsx"), Some("TypeScript"));
        assert_eq!(language("Makefile"), None);
        assert_eq!(language(".rs/readme"), None);
    }

    #[test]
    fn a_file_in_a_folder_of_others_is_foreign_and_one_named_like_it_is_not() {
        assert!(is_foreign("vendor/a/b.go"));
        assert!(is_foreign("web/node_modules/x.js"));
        assert!(!is_foreign("src/vendor"));
        assert!(!is_foreign("src/vendors/a.go"));
    }

    #[test]
    fn what_configures_a_deployment_is_known_in_its_variants() {
        for path in
            ["Dockerfile", "deploy/Dockerfile.web", "web.Dockerfile", "chart/values-prod.yaml", "chart/Chart.yaml"]
        {
            assert!(is_config(path), "{path}");
        }
        for path in ["Dockerfiles", "values.md", "src/values.rs"] {
            assert!(!is_config(path), "{path}");
        }
    }
}
