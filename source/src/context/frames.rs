//! Which file of a repository a stack trace means.
//!
//! A trace names files as they were in the image or on the builder: `/app/src/cart.py` is `src/cart.py` of the repository, and
//! `/usr/lib/python3.11/json/decoder.py` is none of it, even where the repository has a `json/decoder.py` of its own.

use crate::index::names;

/// Folders that hold what others wrote, wherever they are.
const FOREIGN: &[&str] = &[
    "site-packages",
    "dist-packages",
    "node_modules",
    "vendor",
    "third_party",
    "gems",
    "rustc",
    ".cargo",
    ".rustup",
    ".m2",
    ".gradle",
    ".nuget",
    "jre",
    "jdk",
    "jvm",
];
/// The same, by the way from the root of a file system.
const FOREIGN_ROOTS: &[&[&str]] =
    &[&["usr", "lib"], &["usr", "lib64"], &["usr", "local", "lib"], &["usr", "local", "go"], &["lib"], &["lib64"]];
/// Where Go keeps modules, below any folder.
const GO_MODULES: [&str; 2] = ["pkg", "mod"];

/// Position of the file that a frame means, among the files of a commit. `roots` limits them; none = all.
pub fn place(frame: &str, files: &[&str], roots: &[String]) -> Option<usize> {
    let (parts, is_absolute) = parts(frame)?;
    // A foreign file is one of the repository only with the folder that makes it foreign.
    let least = foreign_from(&parts, is_absolute).map(|from| parts.len() - from);
    let candidates: Vec<(usize, Vec<&str>)> = files
        .iter()
        .enumerate()
        .filter(|(_, path)| is_below(path, roots))
        .map(|(at, path)| (at, path.split('/').collect::<Vec<_>>()))
        .filter(|(_, path)| path.last() == parts.last())
        .collect();
    let fits =
        |path: &[&str]| path.iter().rev().zip(parts.iter().rev()).take_while(|(one, other)| *one == *other).count();

    if least.is_none() {
        // as it stands, from the root of the repository or of one of the roots
        let whole = |prefix: &str| {
            let whole: Vec<&str> =
                prefix.split('/').filter(|it| !matches!(*it, "" | ".")).chain(parts.iter().copied()).collect();
            candidates.iter().find(|(_, path)| *path == whole).map(|(at, _)| *at)
        };
        let is_bare = parts.len() == 1;
        let direct = if is_bare && candidates.len() > 1 {
            None
        } else {
            whole("").or_else(|| roots.iter().find_map(|it| whole(it)))
        };
        if direct.is_some() {
            return direct;
        }
        if is_bare {
            return if let [(only, _)] = candidates.as_slice() { Some(*only) } else { None };
        }
    }
    // One name in common is chance, unless it is all of the path.
    let good: Vec<(usize, usize)> = candidates
        .iter()
        .map(|(at, path)| (fits(path), *at, path.len()))
        .filter(|(fits, _, length)| *fits >= least.unwrap_or(2) || (least.is_none() && fits == length))
        .map(|(fits, at, _)| (fits, at))
        .collect();
    let best = good.iter().map(|(fits, _)| *fits).max()?;
    let mut those = good.iter().filter(|(fits, _)| *fits == best);
    those.next().filter(|_| those.next().is_none()).map(|(_, at)| *at)
}

/// Positions of the files that configure the image and the release: the named Dockerfile or the nearest one, values.yaml, Chart.yaml.
/// `files` is ordered by nearness to the root; those below `roots` come first.
pub fn config(files: &[&str], dockerfile: Option<&str>, roots: &[String]) -> Vec<usize> {
    let named = |path: &str| {
        parts(path).and_then(|(parts, _)| files.iter().position(|it| it.split('/').eq(parts.iter().copied())))
    };
    let nearest = |name: &str| {
        let is_it = |it: &&str| it.rsplit('/').next() == Some(name) && !names::is_foreign(it);
        let below = files.iter().position(|it| is_it(it) && !roots.is_empty() && is_below(it, roots));
        below.or_else(|| files.iter().position(is_it))
    };
    let dockerfile = dockerfile.map_or_else(|| nearest("Dockerfile"), named);
    [dockerfile, nearest("values.yaml"), nearest("Chart.yaml")].into_iter().flatten().collect()
}

fn is_below(path: &str, roots: &[String]) -> bool {
    let below = |root: &String| {
        let mut path = path.split('/');
        root.split('/').filter(|it| !matches!(*it, "" | ".")).all(|it| path.next() == Some(it))
    };
    roots.is_empty() || roots.iter().any(below)
}

/// Parts of a path, and whether it began at the root of a file system. None for what is no path, or leads out of where it begins.
fn parts(path: &str) -> Option<(Vec<&str>, bool)> {
    let path = path.trim();
    // `file:///app/x.js`, `webpack:///./src/x.js`; `node:internal/…` is the runtime's own
    let (scheme, path) = path.split_once("://").map_or((None, path), |(scheme, path)| (Some(scheme), path));
    if scheme.is_none() && path.starts_with("node:") {
        return None;
    }
    let is_absolute = path.starts_with(['/', '\\']);
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|it| !matches!(*it, "" | ".")).collect();
    let is_path = !parts.is_empty() && parts.iter().all(|it| *it != ".." && !it.contains('<'));
    is_path.then_some((parts, is_absolute))
}

/// Where the part begins that makes a path foreign: the innermost one.
fn foreign_from(parts: &[&str], is_absolute: bool) -> Option<usize> {
    let folders = &parts[..parts.len() - 1];
    let is_python =
        |it: &str| it.strip_prefix("python").is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit()));
    let named = folders.iter().rposition(|it| FOREIGN.contains(it) || is_python(it) || it.starts_with("jdk-"));
    let modules = folders.windows(2).rposition(|it| it == GO_MODULES);
    let rooted = FOREIGN_ROOTS.iter().any(|root| is_absolute && folders.starts_with(root)).then_some(0);
    named.max(modules).max(rooted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(frame: &str, files: &[&'a str], roots: &[&str]) -> Option<&'a str> {
        let roots: Vec<String> = roots.iter().map(|it| (*it).to_owned()).collect();
        place(frame, files, &roots).map(|at| files[at])
    }

    const SHOP: &[&str] = &[
        "main.py",
        "src/cart.py",
        "src/json/decoder.py",
        "src/main.py",
        "test/cart.py",
        "web/index.js",
        "web/src/index.js",
    ];

    #[test]
    fn a_frame_is_found_as_it_stands_below_a_root_or_by_what_its_path_ends_in() {
        assert_eq!(found("src/cart.py", SHOP, &[]), Some("src/cart.py"));
        assert_eq!(found("./src/cart.py", SHOP, &[]), Some("src/cart.py"));
        assert_eq!(found("/app/src/cart.py", SHOP, &[]), Some("src/cart.py"));
        assert_eq!(found("/usr/src/app/src/cart.py", SHOP, &[]), Some("src/cart.py"));
        assert_eq!(found("json/decoder.py", SHOP, &["src"]), Some("src/json/decoder.py"));
        assert_eq!(found("/app/main.py", SHOP, &[]), Some("main.py"));
        assert_eq!(found(r"C:\build\src\cart.py", SHOP, &[]), Some("src/cart.py"));
        assert_eq!(found("webpack:///./web/index.js", SHOP, &[]), Some("web/index.js"));
        assert_eq!(found("github.com/acme/shop/src/cart.py", SHOP, &[]), Some("src/cart.py"));
    }

    #[test]
    fn the_longest_ending_counts() {
        assert_eq!(found("/app/src/main.py", SHOP, &[]), Some("src/main.py"));
        assert_eq!(found("/build/web/src/index.js", SHOP, &[]), Some("web/src/index.js"));
    }

    #[test]
    fn a_bare_name_counts_where_only_one_file_has_it() {
        assert_eq!(found("decoder.py", SHOP, &[]), Some("src/json/decoder.py"));
        assert_eq!(found("cart.py", SHOP, &[]), None);
        assert_eq!(found("cart.py", SHOP, &["src"]), Some("src/cart.py"));
        assert_eq!(found("main.py", SHOP, &[]), None);
    }

    #[test]
    fn a_namesake_elsewhere_is_another_file() {
        assert_eq!(found("/app/billing/cart.py", SHOP, &[]), None);
        assert_eq!(found("/app/x/cart.py", &["a/x/cart.py", "b/x/cart.py"], &[]), None);
    }

    #[test]
    fn code_of_the_runtime_and_of_others_is_not_the_repositorys() {
        for frame in [
            "/usr/lib/python3.11/json/decoder.py",
            "/usr/local/lib/python3.12/json/decoder.py",
            "/opt/venv/lib/python3.12/site-packages/json/decoder.py",
            "/app/node_modules/web/src/index.js",
            "node:internal/web/src/index.js",
            "/root/go/pkg/mod/src/cart.py",
            "/usr/local/go/src/cart.py",
            "/rustc/9fc6b431/src/cart.py",
            "<frozen importlib._bootstrap>",
        ] {
            assert_eq!(found(frame, SHOP, &[]), None, "{frame}");
        }
    }

    #[test]
    fn code_of_others_that_is_kept_in_the_repository_is_found_with_its_folder() {
        let files = ["src/a.go", "vendor/acme/a.go"];
        assert_eq!(found("/build/vendor/acme/a.go", &files, &[]), Some("vendor/acme/a.go"));
        assert_eq!(
            found("/opt/python3.11/json/decoder.py", &["py/python3.11/json/decoder.py"], &[]),
            Some("py/python3.11/json/decoder.py")
        );
    }

    #[test]
    fn a_path_that_leads_out_is_none() {
        for frame in ["../../etc/passwd", "/app/../src/cart.py", "", "/", "."] {
            assert_eq!(found(frame, SHOP, &[]), None, "{frame}");
        }
    }

    #[test]
    fn configuration_is_the_nearest_and_below_the_roots_first() {
        let files = [
            "Dockerfile",
            "values.yaml",
            "vendor/Chart.yaml",
            "cart/Dockerfile",
            "cart/chart/Chart.yaml",
            "web/Dockerfile",
        ];
        let told = |dockerfile, roots: &[&str]| {
            let roots: Vec<String> = roots.iter().map(|it| (*it).to_owned()).collect();
            config(&files, dockerfile, &roots).into_iter().map(|at| files[at]).collect::<Vec<_>>()
        };
        assert_eq!(told(None, &[]), ["Dockerfile", "values.yaml", "cart/chart/Chart.yaml"]);
        assert_eq!(told(None, &["cart"]), ["cart/Dockerfile", "values.yaml", "cart/chart/Chart.yaml"]);
        assert_eq!(told(Some("./web/Dockerfile"), &[]), ["web/Dockerfile", "values.yaml", "cart/chart/Chart.yaml"]);
        assert_eq!(told(Some("no/Dockerfile"), &[]), ["values.yaml", "cart/chart/Chart.yaml"]);
        assert_eq!(told(Some("../../etc/passwd"), &[]), ["values.yaml", "cart/chart/Chart.yaml"]);
    }
}
