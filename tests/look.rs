//! What makes the pages look as they do, through the program: a brand, and templates that a designer changes.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::bench::CLONE;
use crate::support::program::{Project, baseline, copy, run_folder};

const LOGO: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"><path d=\"M0 0h4v4z\"/></svg>";

/// How long a page may take to follow a change.
const PATIENCE: Duration = Duration::from_mins(1);

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The value of the policy that a page declares.
fn policy(page: &str) -> &str {
    let start = page.find("Content-Security-Policy\" content=\"").expect("a policy");
    page[start..].split('"').nth(2).expect("its value")
}

#[test]
fn a_brand_shows_its_name_logo_and_colours_and_makes_another_run() {
    let (plain, _) = baseline();
    let plain = run_folder(&plain.join("output"));
    assert!(
        !read(&plain.join("report.html")).contains("data:image")
            && !read(&plain.join("report.html")).contains("img-src")
    );

    let project = Project::copy_of(&baseline().0);
    std::fs::remove_dir_all(project.path("output")).expect("the run of the baseline");
    std::fs::write(project.path("logo.svg"), LOGO).expect("a logo");
    let config = read(&project.path("config.yaml"))
        + "brand: {name: \"House <of> Reports\", logo: logo.svg, colour: \"#5b2a86\", accent: \"#0b6e4f\"}\n";
    std::fs::write(project.path("config.yaml"), config).expect("a configuration");
    project.karat(&[]).expect(0, &[]);
    let run = run_folder(&project.path("output"));
    assert_ne!(run.file_name(), plain.file_name(), "another look is another run");
    for page in ["report.html", "appendix.html", "method.html", "../../../index.html"] {
        let page = read(&run.join(page));
        assert!(page.contains("src=\"data:image/svg+xml;base64,"), "the logo stands in the page");
        assert!(page.contains("alt=\"House &lt;of&gt; Reports\""), "its name is told");
        assert!(policy(&page).contains("img-src data:;") && policy(&page).starts_with("default-src 'none';"));
        assert!(page.contains("--brand: #5b2a86;") && page.contains("--link: #0b6e4f;"));
    }
    let mail = read(&run.join("mail.html"));
    assert!(mail.contains("House &lt;of&gt; Reports") && mail.contains("color:#5b2a86"));
    assert!(!mail.contains("<img") && !mail.contains("data:image"), "a mail has no pictures");
    assert!(!read(&run.join("report.html")).contains("made by Karat"));
    assert!(
        read(&run.join("method.html")).contains("made by Karat"),
        "who re-performs the run needs its maker"
    );

    // Other bytes of the logo are another run; a preview shows the look as it is configured now.
    assert!(project.karat(&["preview", "latest"]).expect(0, &[]).stdout.contains("the same bytes"));
    std::fs::write(project.path("logo.svg"), LOGO.replace("h4", "h3")).expect("a logo");
    assert!(project.karat(&["preview", "latest"]).expect(0, &[]).stdout.contains("differs"));
    let told = project.karat(&["check"]).expect(0, &[]).stdout;
    let name = run.file_name().expect("a run id").to_string_lossy().into_owned();
    assert!(told.contains("the next run would be") && !told.contains(&name), "{told}");

    std::fs::write(project.path("logo.svg"), LOGO.replace("<path", "<script>1</script><path"))
        .expect("a logo");
    project.karat(&[]).expect_failed(2, &["brand.logo", "logo.svg", "holds <script>"]);
    std::fs::remove_file(project.path("logo.svg")).expect("the logo");
    project.karat(&["check"]).expect(2, &["brand.logo", "cannot be read"]);
    project.configure("#0b6e4f", "#9fd8c4");
    project.karat(&[]).expect_failed(2, &["brand.accent", "contrast of 1.60 to 1; at least 4.5 to 1"]);
}

/// `karat preview latest --watch`, ended with the test.
struct Watch {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Watch {
    fn start(project: &Project) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_karat"))
            .args(["preview", "latest", "--watch"])
            .current_dir(project.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let said = Arc::new(Mutex::new(String::new()));
        let (heard, stderr) = (Arc::clone(&said), child.stderr.take().expect("a pipe"));
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut heard = heard.lock().expect("nobody panics with it");
                heard.push_str(&line);
                heard.push('\n');
            }
        });
        Self { child, said }
    }

    fn said(&self) -> String {
        self.said.lock().expect("nobody panics with it").clone()
    }

    /// Waits until something holds.
    fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let start = Instant::now();
        while !holds() {
            assert!(start.elapsed() < PATIENCE, "not within a minute: {what}; said: {}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn a_watched_preview_follows_each_change_and_outlives_mistakes() {
    let project = Project::copy_of(&baseline().0);
    project.karat(&["preview", "latest", "--watch"]).expect(2, &["no templates to watch", "karat init"]);
    copy(&Path::new(CLONE).join("reports"), &project.path("reports"));
    let mut watch = Watch::start(&project);
    let page = project.path("preview/report.html");
    let shows = |text: &str| std::fs::read_to_string(&page).is_ok_and(|page| page.contains(text));
    watch.until("the first page", || shows("Customer profit report") && watch.said().contains("watching"));

    // It loads itself again without a script, and its policy is that of the published page.
    let published = read(&run_folder(&project.path("output")).join("report.html"));
    let first = read(&page);
    assert!(first.contains("<meta http-equiv=\"refresh\" content=\"1\">") && !first.contains("<script"));
    assert!(!published.contains("http-equiv=\"refresh\""));
    assert_eq!(policy(&first), policy(&published));

    let head = "<h1>{{ t(id=\"report-name\") }}";
    let template = project.path("reports/management/report.html");
    let good = read(&template);
    assert!(good.contains(head), "{good}");
    std::fs::write(&template, good.replace(head, "<h1>Changed once")).expect("a template");
    watch.until("a changed template", || shows("<h1>Changed once"));

    let style = project.path("reports/shared/style.css");
    std::fs::write(&style, read(&style).replace("--paper: #ffffff;", "--paper: #fffffe;"))
        .expect("a style sheet");
    watch.until("a changed style sheet", || shows("--paper: #fffffe;"));

    // A mistake is told with its place, and the last good page stays.
    std::fs::write(&template, good.replacen("{% include", "{% inclood", 1)).expect("a template");
    watch.until("a mistake with its line", || {
        let said = watch.said();
        said.contains("management/report.html") && said.contains("watching on")
    });
    assert!(shows("<h1>Changed once"));
    assert!(watch.child.try_wait().expect("it can be asked").is_none(), "it lives on: {}", watch.said());

    let config = project.path("config.yaml");
    let text = read(&config);
    std::fs::write(&config, format!("{text}brand: {{colour: \"#ffff00\"}}\n")).expect("a configuration");
    watch.until("a mistake of the look", || watch.said().contains("contrast of 1.07 to 1"));
    std::fs::write(&template, good.replace(head, "<h1>Changed twice")).expect("a template");
    std::fs::write(&config, format!("{text}brand: {{colour: \"#5b2a86\"}}\n")).expect("a configuration");
    watch.until("both put right", || shows("<h1>Changed twice") && shows("--brand: #5b2a86;"));

    let told = Command::new("kill").args(["-INT", &watch.child.id().to_string()]).status();
    assert!(told.expect("`kill` is there").success());
    assert_eq!(watch.child.wait().expect("it ends").code(), Some(0), "{}", watch.said());
}
