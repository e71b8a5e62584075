//! How much memory reading a Helm release takes at its peak, in MB, for the largest that is taken: about 1 MiB stored, 8 MiB inflated.
//! `cargo run --release -p chatcli-common --example helm_release`; `make bench` shows it beside its goal.

#![allow(clippy::print_stdout, reason = "it is run for what it prints")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::actions::{HelmRelease, Object};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

const MIB: usize = 1024 * 1024;
/// Inflated size aimed at: a little below the limit, which counts the JSON around it too.
const INFLATED: usize = 8 * MIB - 320 * 1024;

fn main() -> Result<()> {
    for (what, manifest) in [("a quarter of it manifests", INFLATED / 4), ("nearly all of it manifests", INFLATED)] {
        let stored = stored(manifest, INFLATED - manifest)?;
        println!("{what}\t{:.1}", growth(&stored)? / 1e6);
    }
    Ok(())
}

/// Memory at the peak of reading it, beyond what was held before, in bytes.
fn growth(stored: &Object) -> Result<f64> {
    std::fs::write("/proc/self/clear_refs", "5").context("the kernel does not reset the peak")?;
    let before = memory("VmRSS:")?;
    let release = HelmRelease::of(stored).map_err(anyhow::Error::msg)?;
    let peak = memory("VmHWM:")?;
    ensure!(!black_box(release).documents.is_empty(), "nothing was read");
    Ok(peak - before)
}

fn memory(field: &str) -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kib = status.lines().find_map(|line| line.strip_prefix(field)?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    Ok(kib.with_context(|| format!("the kernel does not tell {field}"))? * 1024.0)
}

/// A revision as Helm keeps it in a ConfigMap: manifests, and the files of its chart.
fn stored(manifest: usize, chart: usize) -> Result<Object> {
    let mut lines = Lines(1);
    let release = json!({
        "name": "shop", "version": 1, "info": {"status": "deployed"},
        "manifest": lines.manifests(manifest), "chart": {"files": lines.manifests(chart)},
    });
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(release.to_string().as_bytes())?;
    let text = STANDARD.encode(packed.finish()?);
    ensure!(text.len() <= MIB && text.len() > MIB / 2, "{} bytes stored is not about 1 MiB", text.len());
    Ok(Object(json!({
        "kind": "ConfigMap", "metadata": {"namespace": "shop", "name": "sh.helm.release.v1.shop.v1"},
        "data": {"release": Value::from(text)},
    })))
}

/// Text that packs as manifests do: much that repeats, and here and there a name or a checksum that does not.
struct Lines(u64);

impl Lines {
    fn manifests(&mut self, size: usize) -> String {
        let mut text = String::with_capacity(size + 16_384);
        while text.len() < size {
            let name = self.word();
            let _ = write!(
                text,
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c-{name:x}\n  labels: {{app.kubernetes.io/managed-by: Helm}}\ndata:\n"
            );
            for key in 0..120 {
                let _ = writeln!(
                    text,
                    "  setting-{key}.properties: \"spring.datasource.url=jdbc:postgresql://db:5432/shop checksum={:08x}\"",
                    self.word()
                );
            }
        }
        text
    }

    /// Pseudo-random, the same in every run (Knuth's MMIX generator).
    fn word(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 32).unwrap_or_default()
    }
}
