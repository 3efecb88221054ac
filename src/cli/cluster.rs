//! `karat cluster`: the processes of a cluster.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::error::{Exit, Failure};
use crate::output::Progress;

/// A process of a cluster.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Cluster {
    /// Deals out the tasks of statements to executors
    Scheduler {
        /// Address to listen on; beyond loopback only with a token
        #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
        bind: IpAddr,
        /// Port to listen on, for gRPC and for the probes /health and /ready
        #[arg(long, default_value_t = 50050, value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
    },
    /// Runs tasks and keeps their results until they are fetched
    Executor(Executor),
}

/// What an executor is asked to do.
#[derive(Debug, clap::Args)]
pub(super) struct Executor {
    /// Address of the scheduler
    #[arg(long, value_name = "ADDRESS", default_value = "df://127.0.0.1:50050")]
    scheduler: String,
    /// Folder below which it may read, inputs as well as `engine.spill` of the runs; may be repeated
    #[arg(long, value_name = "DIR", required = true)]
    files: Vec<PathBuf>,
    /// Address to listen on; beyond loopback only with a token
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Port to listen on, for results and for the probes /health and /ready
    #[arg(long, default_value_t = 50051, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// Name or address under which others reach it [default: that of --bind, or the one from which the scheduler sees it come]
    #[arg(long)]
    host: Option<String>,
    /// Tasks at once [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    slots: Option<u16>,
    /// Memory of all tasks together in MiB; the rest spills to the disk
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(16..))]
    memory: u32,
    /// Folder for results and what does not fit into memory, on a disk of its own [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
}

/// Starts a process, and ends with it.
#[cfg(feature = "cluster")]
pub(super) async fn cluster(process: Cluster, progress: &Progress) -> Result<Exit, Failure> {
    use std::net::SocketAddr;

    use crate::cluster::{ExecutorOptions, Pass, execute, listen, schedule};

    let pass = Pass::read(&|name| std::env::var(name).ok())?;
    listen();
    match process {
        Cluster::Scheduler { bind, port } => {
            let address = SocketAddr::new(bind, port);
            pass.refuse_open(bind)?;
            progress.say(&format!("the scheduler listens on {address}, without encryption"));
            schedule(address, pass, async {
                super::stop::asked().await;
            })
            .await?;
        }
        Cluster::Executor(asked) => {
            let address = SocketAddr::new(asked.bind, asked.port);
            pass.refuse_open(asked.bind)?;
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let options = ExecutorOptions {
                scheduler: asked.scheduler,
                address,
                host: asked.host.or_else(|| (!asked.bind.is_unspecified()).then(|| asked.bind.to_string())),
                slots: asked.slots.map_or(cores, usize::from),
                memory: u64::from(asked.memory) << 20,
                files: asked.files,
                work: asked.work.unwrap_or_else(std::env::temp_dir),
            };
            progress.say(&format!(
                "the executor listens on {address}, without encryption, and asks {} for work",
                options.scheduler
            ));
            Box::pin(execute(options, &pass)).await?;
        }
    }
    progress.say("stopped");
    Ok(Exit::Published)
}

/// Says how to build a program that can.
#[cfg(not(feature = "cluster"))]
pub(super) fn cluster(_: Cluster, _: &Progress) -> std::future::Ready<Result<Exit, Failure>> {
    std::future::ready(Err(Failure::new(Exit::Usage, "cluster", "this build runs on one machine")
        .hint("Build it with `cargo build --release --features cluster`.")))
}
