package dev.hivedeck.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.app.Shop;
import dev.hivedeck.engine.git.Git;
import dev.hivedeck.engine.security.EndpointFile;
import dev.hivedeck.engine.security.WorkspaceLock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a user meets it, with good input and bad. */
class CliTest {
  @TempDir Path folder;
  private Path repository;

  @BeforeEach
  void home() throws IOException {
    System.setProperty("hivedeck.home", folder.resolve("home").toString());
    repository = new Shop(folder).write("README.md", "# Shop\n").commit().path();
  }

  @AfterEach
  void noHome() {
    System.clearProperty("hivedeck.home");
  }

  private void config(String yaml) throws IOException {
    Files.createDirectories(repository.resolve(".hivedeck"));
    Files.writeString(repository.resolve(".hivedeck/hive.yaml"), yaml);
  }

  private Path plan(String yaml) throws IOException {
    return Files.writeString(folder.resolve("plan.yaml"), yaml);
  }

  private void refused(CliRunner answer, int status, String... words) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.err()).contains(words);
    // What went wrong, and on the next line what to do.
    assertThat(answer.err().lines().count()).isGreaterThan(1);
  }

  private static final String ONE_AGENT =
      """
      version: 1
      agents:
        a: { driver: command, run: echo made > made.txt }
      decisions: { default: { human: none } }
      """;

  @Test
  void aPlanSentAgainWithItsKeyIsTakenInOnce() throws IOException {
    config(ONE_AGENT);
    Path plan = plan("plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a }\n");
    String[] again = {"--json", "--key", "k", "plan", "import", plan.toString()};
    var first = CliRunner.in(repository, again).json();
    assertThat(first.get("added")).hasSize(1);
    assertThat(CliRunner.in(repository, again).json()).isEqualTo(first);
    plan("plan: One\ntasks:\n  - { id: T-1, title: Make another, agent: a }\n");
    var other = CliRunner.in(repository, again);
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.json().at("/error/code").asText()).isEqualTo("key-reused");
  }

  /** What is frozen takes no connection, and has the workspace's lock. */
  @Test
  void anEngineThatDoesNotAnswerIsToldWithItsProcess() throws IOException {
    config(ONE_AGENT);
    Path home = Files.createDirectories(EngineAccess.folder(repository));
    CliRunner.in(repository, "pause");
    long pid = ProcessHandle.current().pid();
    String silent = "Process " + pid + " holds the workspace and does not answer.";
    try (var deaf = new Socket(); // has the port, and does not listen
        var _ = WorkspaceLock.acquire(home)) {
      deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String at = "127.0.0.1:" + deaf.getLocalPort();
      EndpointFile.write(home, new EndpointFile("ws://" + at, "http://" + at, "t", pid));
      for (String command : List.of("start", "stop", "run", "serve")) {
        refused(CliRunner.in(repository, command), 1, silent, "kill -CONT " + pid);
        var json = CliRunner.in(repository, "--json", command);
        assertThat(json.json().at("/error/code").asText()).isEqualTo("no-answer");
      }
      var status = CliRunner.in(repository, "status");
      assertThat(status.status()).isEqualTo(1);
      assertThat(status.out()).contains("engine     " + silent, "kill -CONT " + pid);
      var json = CliRunner.in(repository, "--json", "status");
      assertThat(json.status()).isEqualTo(1);
      assertThat(json.json().at("/running").asBoolean(true)).isFalse();
      assertThat(json.json().at("/error/message").asText()).isEqualTo(silent);
      assertThat(CliRunner.in(repository, "tasks").status()).as("what is kept is read").isZero();
    }
    var status = CliRunner.in(repository, "status");
    assertThat(status.status()).isZero();
    assertThat(status.out()).contains("not running");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLineBreakInAPathIsRefusedBeforeAnythingIsWritten() throws IOException {
    Path other = new Shop(folder.resolve("a")).write("b", "").commit().path();
    for (String name : List.of("a/shop\nbelow", "a\rb", "\nc", "d\n")) {
      Path broken = new Shop(folder.resolve(name)).write("e", "").commit().path();
      Path within = Files.createDirectories(broken.resolve("within"));
      for (Path place : List.of(broken, within)) {
        refused(CliRunner.in(place, "init", "--yes"), 2, "has a line break in its path", "Rename");
        refused(CliRunner.in(place, "status"), 2, "has a line break in its path", "Rename");
      }
      assertThat(broken.resolve(".hivedeck")).doesNotExist();
    }
    assertThat(other.resolve(".hivedeck")).doesNotExist();
    assertThat(folder.resolve("home/workspaces")).doesNotExist();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void blanksAndLineBreaksOfOtherFoldersStayInTheirNames() throws IOException {
    config(ONE_AGENT);
    Path below = Files.createDirectories(repository.resolve("be\nlow "));
    assertThat(CliRunner.in(below, "status").status()).isZero();
    Path blank = new Shop(folder.resolve("e ")).write("e", "").commit().path();
    Path moved = folder.resolve("git ");
    new Git(blank).must("init", "--quiet", "--separate-git-dir", moved.toString());
    assertThat(CliRunner.in(blank, "init", "--yes").status()).isZero();
    assertThat(blank.resolve(".hivedeck/hive.yaml")).exists();
    Path worktree = folder.resolve("work\ntree");
    new Git(repository).must("checkout", "--quiet", "--detach");
    new Git(repository).must("worktree", "add", "--quiet", worktree.toString(), "main");
    Path plan = plan("plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a }\n");
    CliRunner.in(repository, "plan", "import", plan.toString());
    CliRunner.in(repository, "trust", "--yes");
    var run = CliRunner.in(repository, "run", "--until-idle");
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(worktree.resolve("made.txt")).exists();
  }

  @Test
  void statusAndDoctorTellThatMainIsBehindWhatWasFetched() throws Exception {
    Path theirs = Files.createDirectories(folder.resolve("theirs"));
    new Git(theirs).must("init", "-q", "-b", "main");
    commit(theirs);
    new Git(folder).must("clone", "-q", theirs.toString(), "clone");
    Path clone = folder.resolve("clone");
    CliRunner.in(clone, "init", "--yes");
    assertThat(CliRunner.in(clone, "status").out())
        .contains("remote     as origin/main when it was fetched last");
    commit(theirs);
    commit(theirs);
    new Git(clone).must("fetch", "-q");
    assertThat(CliRunner.in(clone, "status").out())
        .contains(
            "2 commits behind origin/main",
            "agents start without them",
            "hivedeck fetch --forward");
    assertThat(CliRunner.in(clone, "doctor").out())
        .contains("note   remote        main is 2 commits behind origin/main");
    var upstream =
        CliRunner.in(clone, "--json", "status").json().path("workspace").path("upstream");
    assertThat(upstream.path("behind").asInt()).isEqualTo(2);
  }

  private static void commit(Path repository) throws Exception {
    new Git(repository)
        .must(
            "-c",
            "user.name=A User",
            "-c",
            "user.email=user@example.org",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "More");
  }

  @Test
  void fromAPlanToMainInTheTerminal() throws IOException {
    config(ONE_AGENT);
    Path plan = plan("plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a }\n");
    assertThat(CliRunner.in(repository, "plan", "import", plan.toString()).status()).isZero();
    assertThat(CliRunner.in(repository, "task", "why", "T-1").out()).contains("No engine runs");
    assertThat(CliRunner.in(repository, "run", "--until-idle").status()).isEqualTo(3);
    assertThat(CliRunner.in(repository, "trust", "--yes").status()).isZero();
    var run = CliRunner.in(repository, "--json", "run", "--until-idle");
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.json().get("merged").asInt()).isEqualTo(1);
    assertThat(new Git(repository).must("show", "main:made.txt")).isEqualTo("made");
    var tasks = CliRunner.in(repository, "--json", "tasks").json();
    assertThat(tasks.get(0).get("merged").asBoolean()).isTrue();
    assertThat(CliRunner.in(repository, "changes").out()).contains("C-1").contains("merged");
    assertThat(CliRunner.in(repository, "change", "diff", "C-1").out()).contains("+made");
    var file = CliRunner.in(repository, "change", "diff", "C-1", "--file", "made.txt");
    assertThat(file.out()).contains("+made");
    assertThat(CliRunner.in(repository, "change", "diff", "C-1", "--file", "no").err())
        .contains("Nothing differs in no.");
    assertThat(CliRunner.in(repository, "plan", "export").out()).contains("T-1");
    assertThat(CliRunner.in(repository, "events").out()).contains("merged #1");
    var again = CliRunner.in(repository, "--json", "plan", "import", plan.toString()).json();
    assertThat(again.get("kept")).hasSize(1);
  }

  @Test
  void whatPrintsJsonAnswersInOneWay() throws IOException {
    config(ONE_AGENT);
    Path plan = plan("plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a }\n");
    CliRunner.in(repository, "plan", "import", plan.toString());
    CliRunner.in(repository, "trust", "--yes");
    assertThat(CliRunner.in(repository, "tasks", "--nope", "--json").json().at("/error/code"))
        .hasToString("\"bad-usage\"");
    assertThat(CliRunner.in(repository, "log", "NOPE", "--json").json().at("/error/code").asText())
        .isNotEmpty();
    refused(CliRunner.in(repository, "attempts", "NOPE"), 2, "There is no task NOPE");
    assertThat(CliRunner.in(repository, "start", "--json").json().get("started").asBoolean())
        .isTrue();
    var paused = CliRunner.in(repository, "task", "pause", "T-1", "--json").json();
    assertThat(paused.get("state").asText()).isEqualToIgnoringCase("paused");
    var again = CliRunner.in(repository, "task", "pause", "T-1");
    refused(again, 1, "is paused cannot pause", "hivedeck task resume");
    assertThat(again.err()).doesNotContain("find");
    assertThat(CliRunner.in(repository, "events", "--help").out()).contains("NDJSON");
  }

  @Test
  void initSaysThatAFirstCommitIsMissing() throws IOException {
    Path fresh = new Shop(folder.resolve("fresh")).path();
    assertThat(CliRunner.in(fresh, "init", "--yes").out()).contains("make a first commit");
    assertThat(CliRunner.in(repository, "init", "--yes").out()).doesNotContain("first commit");
  }

  @Test
  void whatIsKnownIsReadThoughMainIsGone() throws IOException {
    config(ONE_AGENT);
    Path plan = plan("plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a }\n");
    CliRunner.in(repository, "plan", "import", plan.toString());
    CliRunner.in(repository, "trust", "--yes");
    CliRunner.in(repository, "run", "--until-idle");
    var git = new Git(repository);
    String tip = git.must("rev-parse", "main");
    git.must("checkout", "--quiet", "--detach");
    git.must("branch", "-D", "main");

    String remedy = "git branch main " + tip.substring(0, 7);
    var status = CliRunner.in(repository, "status");
    assertThat(status.status()).as(status.toString()).isZero();
    assertThat(status.out()).contains("main is gone", "1 merged", remedy);
    assertThat(CliRunner.in(repository, "tasks").out()).contains("Make it");
    assertThat(CliRunner.in(repository, "changes").out()).contains("C-1");
    assertThat(CliRunner.in(repository, "kept").status()).isZero();
    assertThat(CliRunner.in(repository, "plan", "export").out()).contains("T-1");
    refused(CliRunner.in(repository, "run", "--until-idle"), 2, "main is gone", remedy);
    git.must("branch", "main", tip);
    assertThat(CliRunner.in(repository, "status").out()).doesNotContain("gone");
  }

  @Test
  void anotherBranchIsNotTakenForMainThatIsGone() throws IOException {
    config(ONE_AGENT);
    CliRunner.in(repository, "trust", "--yes");
    var git = new Git(repository);
    String tip = git.must("rev-parse", "main");
    git.must("branch", "master"); // as many have one from before
    git.must("checkout", "--quiet", "-b", "feature");
    git.must("branch", "-D", "main");

    String remedy = "git branch main " + tip.substring(0, 7);
    assertThat(CliRunner.in(repository, "status").out()).contains("main is gone", remedy);
    refused(CliRunner.in(repository, "run", "--until-idle"), 2, "main is gone", remedy);

    git.must("branch", "main", tip);
    config("workspace: { main: feature }\n" + ONE_AGENT);
    CliRunner.in(repository, "trust", "--yes");
    git.must("branch", "-D", "main");
    assertThat(CliRunner.in(repository, "status").out()).doesNotContain("gone");
  }

  @Test
  void aRunSaysByItsStatusWhetherAllIsOnMain() throws IOException {
    config(ONE_AGENT.replace("none", "required"));
    Path plan = plan("plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a }\n");
    CliRunner.in(repository, "plan", "import", plan.toString());
    CliRunner.in(repository, "trust", "--yes");
    var waits = CliRunner.in(repository, "run", "--until-idle");
    assertThat(waits.status()).as(waits.toString()).isEqualTo(4);
    assertThat(waits.out()).contains("0 of 1 tasks are on main", "It waits for you");
    CliRunner.in(repository, "change", "approve", "C-1");
    assertThat(CliRunner.in(repository, "run", "--until-idle").status()).isZero();

    // What was taken off main by hand is not on it, and all but done.
    var git = new Git(repository);
    git.must("reset", "--quiet", "--hard", "HEAD~1");
    var off = CliRunner.in(repository, "run", "--until-idle");
    assertThat(off.status()).as(off.toString()).isEqualTo(4);
    assertThat(off.out()).contains("0 of 1 tasks are on main", "no longer on main");
    assertThat(CliRunner.in(repository, "--help").out()).contains("Exit status", "waits for a");
  }

  @Test
  void whatIsDoneKeepsTheTextThatItWasDoneBy() throws IOException {
    config(ONE_AGENT.replace("echo made > made.txt", "cat > made.txt").replace("none", "required"));
    String first =
        "plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a, prompt: Paint it. }\n";
    String other = first.replace("Make it", "Break it").replace("Paint", "Smash");
    CliRunner.in(repository, "plan", "import", plan(first).toString());
    CliRunner.in(repository, "trust", "--yes");
    CliRunner.in(repository, "run", "--until-idle");

    var open = CliRunner.in(repository, "plan", "import", plan(other).toString());
    assertThat(open.out()).contains("1 changed", "T-1 was done by its earlier text", "return C-1");
    assertThat(CliRunner.in(repository, "tasks").out()).contains("Make it").doesNotContain("Break");
    assertThat(CliRunner.in(repository, "changes").out())
        .contains("Make it")
        .doesNotContain("Break");
    assertThat(CliRunner.in(repository, "plan", "export").out()).contains("Break it", "Smash it.");
    CliRunner.in(repository, "change", "return", "C-1", "--comment", "Do the new.");
    assertThat(CliRunner.in(repository, "tasks").out()).contains("Break it");
    CliRunner.in(repository, "run", "--until-idle");
    CliRunner.in(repository, "change", "approve", "C-1");
    CliRunner.in(repository, "run", "--until-idle");
    assertThat(new Git(repository).must("show", "main:made.txt")).contains("Smash it.");

    var merged = CliRunner.in(repository, "--json", "plan", "import", plan(first).toString());
    assertThat(merged.json().at("/earlier/0").asText()).isEqualTo("T-1");
    assertThat(CliRunner.in(repository, "tasks").out()).contains("Break it").doesNotContain("Make");
    assertThat(CliRunner.in(repository, "plan", "import", plan(first).toString()).out())
        .contains("1 kept", "T-1 was done by its earlier text", "hivedeck task add");
    var same = CliRunner.in(repository, "--json", "plan", "import", plan(other).toString()).json();
    assertThat(same.get("earlier")).isEmpty();
  }

  @Test
  void aCheckoutThatWasLeftIsToldEverywhereAndBroughtUp() throws IOException {
    config(ONE_AGENT);
    Path plan = plan("plan: One\ntasks:\n  - { id: T-1, title: Make it, agent: a }\n");
    Path mine = repository.resolve("made.txt");
    Files.writeString(mine, "mine\n");
    CliRunner.in(repository, "plan", "import", plan.toString());
    CliRunner.in(repository, "trust", "--yes");
    var run = CliRunner.in(repository, "run", "--until-idle");
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out()).contains("is 1 merge behind it", "hivedeck update");
    assertThat(CliRunner.in(repository, "status").out()).contains("behind it", "hivedeck update");
    assertThat(CliRunner.in(repository, "--json", "status").json().at("/drift/0/kind").asText())
        .isEqualTo("checkout-behind");
    assertThat(CliRunner.in(repository, "doctor").out()).contains("made.txt", "hivedeck update");
    var left = CliRunner.in(repository, "--json", "update");
    assertThat(left.status()).isEqualTo(1);
    assertThat(left.json().at("/left/0/why").asText()).contains("made.txt");
    assertThat(mine).hasContent("mine");

    Files.delete(mine);
    var updated = CliRunner.in(repository, "update");
    assertThat(updated.status()).as(updated.toString()).isZero();
    assertThat(mine).hasContent("made");
    assertThat(CliRunner.in(repository, "update").out()).contains("Nothing is behind");
    assertThat(CliRunner.in(repository, "status").out()).doesNotContain("behind");
    refused(CliRunner.in(repository, "repair", "main-moved", "keep"), 2, "no drift main-moved");
  }

  @Test
  void keptWorkIsListedShownAndDropped() throws IOException {
    config(ONE_AGENT);
    var git = new Git(repository);
    Files.writeString(repository.resolve("kept.txt"), "kept\n");
    git.must("add", "kept.txt");
    String commit =
        git.must(
            "commit-tree", "-p", "HEAD", "-m", "Kept of T-1.1: a test", git.must("write-tree"));
    git.must("reset", "--quiet");
    git.must("update-ref", "refs/hivedeck/kept/T-1/T-1.1/1", commit);
    var kept = CliRunner.in(repository, "--json", "kept").json();
    assertThat(kept.at("/0/files").asInt()).isEqualTo(1);
    assertThat(kept.at("/0/bytes").asLong()).isEqualTo(5);
    assertThat(CliRunner.in(repository, "kept").out()).contains("T-1/T-1.1/1", "a test");
    assertThat(CliRunner.in(repository, "kept", "show", "T-1/T-1.1/1").out()).contains("+kept");
    assertThat(
            CliRunner.in(repository, "--json", "kept", "drop", "T-1/T-1.1/1", "--yes")
                .json()
                .at("/dropped")
                .asInt())
        .isEqualTo(1);
    assertThat(CliRunner.in(repository, "kept").out()).contains("Nothing had to be kept");
    refused(CliRunner.in(repository, "kept", "drop", "T-1/T-1.1/1", "--yes"), 2, "Nothing is kept");
  }

  @Test
  void placesThatAreNoRepository() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    refused(CliRunner.in(empty, "status"), 2, "not inside a git repository");
    new Git(empty).must("init", "--quiet");
    refused(CliRunner.in(empty, "status"), 2, "no commits");
    refused(CliRunner.in(folder.resolve("nowhere"), "status"), 2, "no folder");
    refused(CliRunner.type("frobnicate"), 2, "neither a command nor a folder");
  }

  @Test
  void configurationsThatAreWrong() throws IOException {
    config("version: 1\nagents: [\n");
    refused(CliRunner.in(repository, "status"), 2, "hive.yaml:3", "not valid YAML");
    config("version: 1\nagents:\n  a: { driver: command, rum: x }\n");
    refused(CliRunner.in(repository, "status"), 2, "hive.yaml:3", "rum");
    config("version: 1\nagents:\n  a: { driver: command, run: x, fallback: [zz] }\n");
    refused(CliRunner.in(repository, "status"), 2, "zz");
    config("version: 1\ngates:\n  c: { run: x, ratchet: true }\n");
    refused(CliRunner.in(repository, "status"), 2, "ratchet", "not part of this release");
  }

  @Test
  void plansThatAreWrongImportNothing() throws IOException {
    config(ONE_AGENT);
    String[][] plans = {
      {"tasks:\n  - { id: T-1, title: x, agent: nobody }\n", "nobody"},
      {
        "tasks:\n  - { id: T-1, title: x, agent: a }\n  - { id: T-1, title: y, agent: a }\n",
        "twice"
      },
      {
        "tasks:\n"
            + "  - { id: T-1, title: x, agent: a, needs: [T-2] }\n"
            + "  - { id: T-2, title: y, agent: a, needs: [T-1] }\n",
        "T-1 → T-2 → T-1"
      },
      {"tasks:\n  - { id: T-1, title: x, agent: a, needs: [T-9] }\n", "T-9"},
      {"tasks:\n  - { id: T-1, title: x, agent: a, prio: 3 }\n", "prio"},
      {"tasks:\n  - { id: T-1\n", "not valid YAML"},
      {"steps: []\n", "no plan"},
    };
    for (String[] wrong : plans) {
      refused(CliRunner.in(repository, "plan", "import", plan(wrong[0]).toString()), 2, wrong[1]);
    }
    refused(CliRunner.in(repository, "plan", "import", "gone.yaml"), 2, "gone.yaml");
    assertThat(CliRunner.in(repository, "--json", "tasks").json()).isEmpty();
  }

  @Test
  void aPlanOfAHundredThousandTasksIsTakenIn() throws IOException {
    config(ONE_AGENT);
    var yaml = new StringBuilder("plan: Huge\ntasks:\n");
    IntStream.rangeClosed(1, 100_000)
        .forEach(
            i ->
                yaml.append("- {id: T-")
                    .append(i)
                    .append(", title: Task, agent: a, needs: [")
                    .append(i == 1 ? "" : "T-" + (i - 1))
                    .append("]}\n"));
    var taken =
        CliRunner.in(repository, "--json", "plan", "import", plan(yaml.toString()).toString());
    assertThat(taken.status()).as(taken.err()).isZero();
    assertThat(taken.json().get("added").asInt()).isEqualTo(100_000);
  }

  @Test
  void aDamagedDatabaseIsLeftAsItIs() throws IOException {
    config(ONE_AGENT);
    imported();
    Path database;
    try (var files = Files.walk(folder.resolve("home"))) {
      database = files.filter(f -> f.endsWith("hive.db")).findFirst().orElseThrow();
    }
    byte[] rubbish = new byte[20_000];
    new Random(3).nextBytes(rubbish);
    Files.write(database, rubbish);
    refused(CliRunner.in(repository, "status"), 2, "damaged");
    assertThat(Files.readAllBytes(database)).isEqualTo(rubbish);
  }

  @Test
  void aDamagedDatabaseIsRecoveredFromTheNewestSoundBackup() throws IOException {
    config(ONE_AGENT);
    imported();
    assertThat(CliRunner.in(repository, "check").status()).isZero();
    var sound = CliRunner.in(repository, "backup", "--json");
    assertThat(sound.status()).as(sound.err()).isZero();
    var broken = CliRunner.in(repository, "backup", "--json");
    assertThat(CliRunner.in(repository, "backups", "--json").json()).hasSizeGreaterThanOrEqualTo(2);
    Files.write(Path.of(broken.json().get("file").asText()), new byte[8_192]);
    var check = CliRunner.in(repository, "check", "--json");
    Path database = Path.of(check.json().get("file").asText());
    byte[] rubbish = new byte[20_000];
    new Random(4).nextBytes(rubbish);
    Files.write(database, rubbish);
    refused(CliRunner.in(repository, "tasks"), 2, "damaged", "hivedeck recover");
    assertThat(CliRunner.in(repository, "check").status()).isEqualTo(1);

    var recovered = CliRunner.in(repository, "recover", "--json");
    assertThat(recovered.status()).as(recovered.err()).isZero();
    assertThat(recovered.json().get("restored").asText())
        .isEqualTo(sound.json().get("file").asText());
    assertThat(Files.readAllBytes(Path.of(recovered.json().get("former").asText())))
        .as("what was damaged is kept")
        .isEqualTo(rubbish);
    assertThat(recovered.json().get("salvage").get("unreadable")).isNotEmpty();
    assertThat(Path.of(recovered.json().get("list").asText())).exists();
    assertThat(CliRunner.in(repository, "tasks", "--json").json()).hasSize(1);
    assertThat(CliRunner.in(repository, "recover").out()).contains("nothing was done");
  }

  @Test
  void whatADamagedDatabaseStillKnowsIsTold() throws Exception {
    config(ONE_AGENT);
    imported();
    assertThat(CliRunner.in(repository, "backup").status()).isZero();
    Path later = plan("plan: P\ntasks:\n  - { id: T-2, title: Two, agent: a, prompt: p }\n");
    assertThat(CliRunner.in(repository, "plan", "import", later.toString()).status()).isZero();
    Path database =
        Path.of(CliRunner.in(repository, "check", "--json").json().get("file").asText());
    int page;
    try (var sql = DriverManager.getConnection("jdbc:sqlite:" + database);
        var root =
            sql.createStatement()
                .executeQuery("SELECT rootpage FROM sqlite_schema WHERE name = 'task_by_time'")) {
      page = root.getInt(1);
    }
    byte[] all = Files.readAllBytes(database);
    Arrays.fill(all, (page - 1) * 4_096, page * 4_096, (byte) 0x5a);
    Files.write(database, all);

    var recovered = CliRunner.in(repository, "recover");

    assertThat(recovered.status()).as(recovered.err()).isZero();
    assertThat(recovered.out())
        .containsPattern("From the damaged one, [1-9]\\d* later events")
        .containsPattern("task T-2 +\\(not there\\) +ready")
        .contains("you decide", "The hive is paused");
    assertThat(CliRunner.in(repository, "tasks", "--json").json()).hasSize(1);
  }

  @Test
  void whatIsNoBackupIsNotRestored() throws IOException {
    config(ONE_AGENT);
    imported();
    Path file = Files.writeString(folder.resolve("other.db"), "hello");
    refused(CliRunner.in(repository, "restore", file.toString()), 2, "no sound backup");
    assertThat(CliRunner.in(repository, "tasks", "--json").json()).hasSize(1);
    refused(CliRunner.in(repository, "backup", file.toString()), 2, "is there already");
    assertThat(Files.readString(file)).isEqualTo("hello");
  }

  private void imported() throws IOException {
    Path file = plan("plan: P\ntasks:\n  - { id: T-1, title: One, agent: a, prompt: p }\n");
    var taken = CliRunner.in(repository, "plan", "import", file.toString());
    assertThat(taken.status()).as(taken.err()).isZero();
  }

  @Test
  void aHomeThatCannotBeWritten() throws IOException {
    Path locked = Files.createDirectories(folder.resolve("locked"));
    Files.writeString(locked.resolve("file"), "");
    System.setProperty("hivedeck.home", locked.resolve("file").resolve("home").toString());
    Path plan = plan("plan: P\ntasks:\n  - { id: T-1, title: One, agent: a }\n");
    refused(CliRunner.in(repository, "plan", "import", plan.toString()), 2, "cannot be made");
    assertThat(CliRunner.in(repository, "status").status()).as("to look needs none").isZero();
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aTimeIsWrittenAsInTheConfigurationAndAnythingElseIsTold() throws IOException {
    config(ONE_AGENT);
    imported();
    refused(retry("PT40M"), 2, "\"PT40M\" is no time", "20m");
    var taken = retry("40m"); // what refuses it now is that the task did not fail
    assertThat(taken.err()).contains("cannot retry").doesNotContain("no time");
  }

  private CliRunner retry(String timeout) {
    return CliRunner.in(repository, "task", "retry", "T-1", "--timeout", timeout);
  }

  @Test
  void whatAgentsMayDoIsWrittenListedAndTakenBack() throws IOException {
    config(ONE_AGENT);
    assertThat(CliRunner.in(repository, "permissions").out()).contains("No rules yet");
    var given =
        CliRunner.in(repository, "permissions", "allow", "--tool", "Bash", "--what", "npm test *");
    assertThat(given.status()).as(given.err()).isZero();
    assertThat(given.out()).contains("All agents may use Bash: npm test *");
    CliRunner.in(
        repository, "permissions", "forbid", "--agent", "a", "--tool", "*", "--what", "*.env");
    assertThat(CliRunner.in(repository, "permissions", "list").out())
        .containsPattern("all +may +Bash +0 +npm test \\*")
        .containsPattern("a +may not +\\* +0 +\\*\\.env");
    assertThat(CliRunner.in(repository, "events").out()).contains("a may not use *: *.env");
    var rules = CliRunner.in(repository, "permissions", "list", "--json").json();
    assertThat(rules).hasSize(2);
    for (var rule : rules) {
      CliRunner.in(repository, "permissions", "remove", rule.get("id").asText());
    }
    assertThat(CliRunner.in(repository, "permissions", "--json").json()).isEmpty();
    refused(CliRunner.in(repository, "permissions", "remove", "9"), 2, "no rule 9");
    refused(
        CliRunner.in(
            repository, "permissions", "allow", "--agent", "zz", "--tool", "Bash", "--what", "x"),
        2,
        "no agent zz");
    refused(
        CliRunner.in(repository, "permissions", "allow", "--tool", "Bash", "--what", " "),
        2,
        "needs a tool and what");
  }

  @Test
  void whatAnAttemptDidIsReadInTheTerminal() throws IOException {
    config(ONE_AGENT.replace("echo made", "echo working; echo made"));
    imported();
    CliRunner.in(repository, "trust", "--yes");
    assertThat(CliRunner.in(repository, "run", "--until-idle").status()).isZero();
    assertThat(CliRunner.in(repository, "log", "T-1.1").out()).containsPattern("out +working");
    assertThat(CliRunner.in(repository, "log", "T-1.1", "--json").json().get("lines")).isNotEmpty();
    refused(CliRunner.in(repository, "log", "T-9.1"), 2, "T-9.1");
  }

  @Test
  void whatFailedIsALessonThatAPersonJudges() throws IOException {
    config(
        """
        version: 1
        defaults: { attempts: 2, backoff: [10ms] }
        agents:
          a: { driver: command, run: echo no database at port 5432 >&2; exit 4 }
        decisions: { default: { human: none } }
        """);
    assertThat(CliRunner.in(repository, "lessons").out()).contains("Nothing failed");
    imported();
    CliRunner.in(repository, "trust", "--yes");
    assertThat(CliRunner.in(repository, "run", "--until-idle").status()).isNotZero();
    var lessons = CliRunner.in(repository, "lessons", "list", "--json").json();
    assertThat(lessons).hasSize(1);
    assertThat(lessons.get(0).get("seen").asInt()).isEqualTo(2);
    String id = lessons.get(0).get("id").asText();
    assertThat(CliRunner.in(repository, "lessons", "show", id).out()).contains("T-1.1", "T-1.2");
    assertThat(CliRunner.in(repository, "lessons", "edit", id, "Start it first.").status())
        .isZero();
    assertThat(CliRunner.in(repository, "lessons", "accept", id).status()).isZero();
    assertThat(CliRunner.in(repository, "lessons", "list", "--state", "accepted").out())
        .contains("Start it first.");
    CliRunner.in(repository, "lessons", "delete", id);
    assertThat(CliRunner.in(repository, "lessons", "--json").json()).isEmpty();
    CliRunner.in(repository, "lessons", "reset", id);
    assertThat(CliRunner.in(repository, "lessons", "--json").json()).hasSize(1);
    refused(CliRunner.in(repository, "lessons", "mute", "F-99"), 2, "no lesson F-99");
  }

  @Test
  void errorsForProgramsAreJson() {
    var answer = CliRunner.in(repository, "--json", "decide", "D-7", "yes");
    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.json().at("/error/code").asText()).isEqualTo("no-decision");
    assertThat(answer.err()).isEmpty();
  }

  @Test
  void initProposesAndWritesWhatIsValid() {
    assertThat(CliRunner.in(repository, "init").out()).contains("version: 1");
    assertThat(Files.exists(repository.resolve(".hivedeck/hive.yaml"))).isFalse();
    assertThat(CliRunner.in(repository, "init", "--yes").status()).isZero();
    assertThat(CliRunner.in(repository, "agents").out()).contains("builder");
    assertThat(CliRunner.in(repository, "agents", "health").out())
        .contains("builder", "too few attempts yet (0 of 5)");
    assertThat(CliRunner.in(repository, "agents", "health", "builder", "--json").out())
        .contains("\"agent\":\"builder\"", "\"least\":5");
    assertThat(CliRunner.in(repository, "agents", "health", "nobody").status()).isEqualTo(2);
  }

  /** A program tells by the shape alone whether it went well. */
  @Test
  void errorsHaveOneShape() {
    for (String[] wrong :
        new String[][] {
          {"tasks", "--state", "nope"},
          {"tasks", "--nope"},
          {"task"},
          {"nothing"},
          {"task", "why", "T-9"}
        }) {
      var answer =
          CliRunner.in(
              repository,
              java.util.stream.Stream.concat(
                      java.util.stream.Stream.of("--json"), Arrays.stream(wrong))
                  .toArray(String[]::new));
      assertThat(answer.status()).as(answer.toString()).isEqualTo(2);
      assertThat(answer.json().fieldNames()).toIterable().containsExactly("error");
      assertThat(answer.json().get("error").fieldNames())
          .toIterable()
          .containsExactly("code", "message", "hint");
    }
  }

  @Test
  void doctorTellsWhatIsWrongFromWhatIsOnlyNoted() throws IOException {
    config("version: 1\nagents: { a: { run: ls, limits: { timeout: 0s } } }\n");
    var wrong = CliRunner.in(repository, "--json", "doctor");
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(wrong.json().valueStream().map(f -> f.get("status").asText()))
        .allMatch(status -> status.matches("ok|note|wrong"));
    assertThat(wrong.json().valueStream().filter(f -> f.get("what").asText().equals("config")))
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.get("status").asText()).isEqualTo("wrong");
              assertThat(f.get("detail").asText()).contains(".hivedeck/hive.yaml:2:");
            });
    config("version: 1\nagents: { a: { run: ls } }\n");
    assertThat(CliRunner.in(repository, "--json", "doctor").json().valueStream())
        .anyMatch(f -> f.get("status").asText().equals("note") && f.has("remedy"))
        .anyMatch(f -> f.get("status").asText().equals("ok") && !f.has("remedy"));
  }

  @Test
  void formerNamesOfCommandsStillWork() throws IOException {
    config(ONE_AGENT);
    assertThat(CliRunner.in(repository, "trust", "--yes").status()).isZero();
    assertThat(CliRunner.in(repository, "work").out()).contains("The hive is started.");
    assertThat(CliRunner.in(repository, "start").out()).contains("The hive is started.");
    assertThat(CliRunner.in(repository, "rest").out()).contains("The hive is paused.");
    assertThat(CliRunner.in(repository, "--json", "pause").out().strip())
        .isEqualTo("{\"running\":0,\"seconds\":0}");
    assertThat(CliRunner.in(repository, "agents", "discover").status()).isZero();
    assertThat(CliRunner.in(repository, "agent", "discover").status()).isZero();
    assertThat(CliRunner.in(repository, "lessons", "list").status()).isZero();
    refused(CliRunner.in(repository, "decide", "D-9", "a"), 2, "D-9");
    refused(CliRunner.in(repository, "decision", "decide", "D-9", "a"), 2, "D-9");
  }
}
