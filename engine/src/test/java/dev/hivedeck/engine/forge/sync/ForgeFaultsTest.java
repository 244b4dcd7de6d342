package dev.hivedeck.engine.forge.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.forge.github.LoopbackGitHub;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.forge.ForgeCommand;
import dev.hivedeck.engine.protocol.forge.ForgeQuery;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullRequest;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Reach;
import dev.hivedeck.engine.protocol.merge.MergeCommand;
import dev.hivedeck.engine.protocol.secret.SecretCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is refused of one change, what is of another repository, and what a crash leaves behind. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class ForgeFaultsTest {
  @TempDir Path folder;
  private Path remote;
  private TestRepository sandbox;
  private LoopbackGitHub github;
  private LoopbackGitHub other;
  private Engine engine;
  private String owners = "";

  @BeforeEach
  void begin() {
    remote = folder.resolve("remote.git");
    TestRepository.run(folder, "git", "init", "-q", "--bare", remote.toString());
    github = new LoopbackGitHub(this::tip);
    other = new LoopbackGitHub(b -> b.equals("theirs") ? "1".repeat(40) : tip(b));
  }

  @AfterEach
  void end() {
    if (engine != null) {
      engine.close();
    }
    github.close();
    other.close();
  }

  private String tip(String branch) {
    String ref = "refs/heads/" + branch;
    return TestRepository.run(
            folder, "git", "-C", remote.toString(), "for-each-ref", "--format=%(objectname)", ref)
        .strip();
  }

  private void open(String more, boolean trusted, String url) {
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\ndefaults: { attempts: 1 }\n"
            + "agents: { a: { run: 'echo more >> $HIVEDECK_TASK.txt' } }\n"
            + "decisions: { default: { human: required } }\n"
            + "github: { every: 1h"
            + more
            + " }\n");
    sandbox.write("CODEOWNERS", owners);
    sandbox.commit("Set up");
    sandbox.git("remote", "add", "origin", url);
    if (trusted) {
      sandbox.git("push", "-q", "origin", "HEAD");
    }
    engine = sandbox.open();
    if (trusted) {
      TestRepository.trust(engine);
    }
    engine.execute(
        new SecretCommand.SetSecret("github-token-127.0.0.1", LoopbackGitHub.TOKEN), null);
  }

  private void open(String more) {
    open(more, true, remote.toString());
  }

  private void link(LoopbackGitHub to) {
    engine.execute(new ForgeCommand.Link("octo/shop", to.address(), "keychain"), null);
  }

  private void work(String id) {
    engine.execute(
        new Command.ImportPlan(
            "plan-" + id + ".yaml",
            "plan: P"
                + id
                + "\ntasks:\n  - { id: "
                + id
                + ", title: Add a line, agent: a, prompt: It is short. }\n"),
        null);
    engine.execute(new Command.StartHive(2), null);
    ready(id);
  }

  private void ready(String id) {
    TestRepository.await(
        "open " + id,
        engine,
        () ->
            TestRepository.changes(engine).stream()
                .anyMatch(c -> c.task().equals(id) && c.state() == ChangeState.OPEN));
  }

  private void again(String id, int attempt) {
    engine.execute(new Command.ReturnChange(change(id).id(), "More.", List.of()), null);
    TestRepository.await(
        "once more",
        engine,
        () ->
            change(id).state() == ChangeState.OPEN && change(id).attempt().endsWith("." + attempt));
  }

  private ChangeViews.Change change(String task) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.task().equals(task))
        .findFirst()
        .orElseThrow();
  }

  private void approve(String task) {
    engine.execute(new Command.ApproveChange(change(task).id(), null), null);
  }

  private ForgeStatus sync() {
    return Json.as(engine.execute(new ForgeCommand.Sync(), null), ForgeStatus.class);
  }

  private PullRequest pull(String task) {
    for (var pull : engine.query(new ForgeQuery.PullRequests())) {
      if (pull.path("id").asText().equals(change(task).id())) {
        return Json.as(pull, PullRequest.class);
      }
    }
    throw new AssertionError(task + " has no pull request");
  }

  private ObjectNode there(String task) {
    return github.pulls.get(pull(task).number());
  }

  // ── where the token goes ────────────────────────────────────────────────────────────────────

  @Test
  void anAddressThatNobodyConsentedToGetsNoToken() {
    open(", api: '" + github.address() + "'", false, "https://github.com/octo/shop.git");
    var command = new ForgeCommand.Link(null, null, "keychain");
    assertThatThrownBy(() -> engine.execute(command, null)).hasMessageContaining("consented");
    assertThat(github.requests).isEmpty();
    TestRepository.trust(engine);
    assertThatThrownBy(() -> engine.execute(command, null))
        .as("shown, and to be confirmed")
        .hasMessageContaining(github.address() + ", which is not where remote origin is");
    assertThat(github.requests).isEmpty();
    link(github);
    assertThat(github.tokens).containsOnly("Bearer " + LoopbackGitHub.TOKEN);
  }

  @Test
  void aTokenThatIsKeptForGitHubGoesToNoOtherHost() {
    open("");
    engine.execute(new SecretCommand.SetSecret("github-token", LoopbackGitHub.TOKEN), null);
    String address = github.address().replace("127.0.0.1", "localhost");
    assertThatThrownBy(
            () -> engine.execute(new ForgeCommand.Link("octo/shop", address, "keychain"), null))
        .hasMessageContaining("There is no token for localhost from keychain");
    assertThat(github.requests).isEmpty();
  }

  // ── another repository ──────────────────────────────────────────────────────────────────────

  @Test
  void numbersOfOneRepositoryAreNotUsedOnAnother() {
    open("");
    link(github);
    work("T-1");
    sync();
    int number = pull("T-1").number();
    engine.execute(new ForgeCommand.Unlink(), null);
    engine.execute(new Command.CloseChange("C-1", "No."), null);
    var theirs = Json.object();
    theirs.put("number", number).put("branch", "theirs").put("title", "Theirs").put("body", "");
    theirs.put("state", "OPEN").put("mergeable", "MERGEABLE");
    theirs.putArray("checks");
    theirs.putArray("reviews");
    other.pulls.put(number, theirs);
    link(other);
    sync();
    assertThat(theirs.path("state").asText()).isEqualTo("OPEN");
    assertThat(other.said(number)).isEmpty();
    assertThat(engine.query(new ForgeQuery.PullRequests())).isEmpty();
  }

  @Test
  void theSameRepositoryLinkedAgainIsKnownAgain() {
    open("");
    link(github);
    work("T-1");
    sync();
    github.comment(pull("T-1").number(), "mona", "MEMBER", "Why here?");
    sync();
    engine.execute(new ForgeCommand.Unlink(), null);
    link(github);
    sync();
    assertThat(change("T-1").comments()).hasSize(1);
    assertThat(github.sent("POST /repos/octo/shop/pulls")).isEqualTo(1);
  }

  @Test
  void anIssueOfAnotherRepositoryIsAnotherTask() {
    open(", issues: { label: hive, agent: a }");
    link(github);
    issue(github, "A bug");
    sync();
    engine.execute(new Command.StartHive(1), null);
    ready("GH-12");
    approve("GH-12");
    TestRepository.await("merged", engine, () -> change("GH-12").state() == ChangeState.MERGED);
    sync();
    assertThat(github.issues.get(0).path("state").asText()).isEqualTo("closed");
    issue(other, "Something else");
    link(other);
    sync();
    sync();
    assertThat(other.issues.get(0).path("state").asText()).isEqualTo("open");
    assertThat(other.said(12)).isEmpty();
    assertThat(TestRepository.task(engine, "GH-12-2").title()).isEqualTo("Something else");
  }

  private static void issue(LoopbackGitHub at, String title) {
    at.issues
        .addObject()
        .put("number", 12)
        .put("title", title)
        .put("body", "It is.")
        .put("state", "open");
  }

  // ── whose turn it is ────────────────────────────────────────────────────────────────────────

  @Test
  void whatIsFrozenOrNotFirstInLineIsNotMergedOnGitHub() {
    open(", merge: github");
    link(github);
    work("T-1");
    work("T-2");
    sync();
    engine.execute(new MergeCommand.Freeze("Release."), null);
    approve("T-2");
    approve("T-1");
    for (String task : List.of("T-1", "T-2")) {
      github.check(pull(task).number(), "build", "SUCCESS", "2026-11-20T10:00:00Z");
    }
    sync();
    assertThat(there("T-1").path("state").asText()).isEqualTo("OPEN");
    assertThat(there("T-2").path("state").asText()).isEqualTo("OPEN");
    engine.execute(new MergeCommand.Unfreeze(null), null);
    sync();
    assertThat(there("T-2").path("state").asText()).isEqualTo("MERGED");
    assertThat(there("T-1").path("state").asText()).as("T-2 is before it").isEqualTo("OPEN");
    sync();
    assertThat(there("T-1").path("state").asText())
        .as("T-2 waits for main to be pulled, and keeps nobody back")
        .isEqualTo("MERGED");
    assertThat(github.methods).containsExactly("merge", "merge");
  }

  @Test
  void theCommitThatBroughtItToMainIsItsOwn() {
    open(", merge: github");
    link(github);
    work("T-1");
    work("T-2");
    sync();
    for (String task : List.of("T-1", "T-2")) {
      sandbox.git("merge", "-q", "--no-ff", "-m", "Merge " + task, change(task).head());
      there(task).put("state", "MERGED");
      there(task).putObject("mergeCommit").put("oid", sandbox.git("rev-parse", "HEAD"));
    }
    sync();
    assertThat(change("T-1").merge()).isEqualTo(sandbox.git("rev-parse", "HEAD^"));
    assertThat(change("T-2").merge()).isEqualTo(sandbox.git("rev-parse", "HEAD"));
  }

  // ── one that is refused ─────────────────────────────────────────────────────────────────────

  @Test
  void oneThatIsRefusedKeepsNoOtherFromGitHub() {
    open("");
    work("T-1");
    work("T-2");
    String tree = sandbox.git("rev-parse", "HEAD^{tree}");
    String foreign = sandbox.git("commit-tree", "-m", "Theirs", tree);
    sandbox.git("push", "-q", "origin", foreign + ":refs/heads/" + change("T-1").branch());
    link(github);
    var status = sync();
    assertThat(pull("T-2").problem()).isNull();
    assertThat(github.pulls).hasSize(1);
    assertThat(status.reach()).isEqualTo(Reach.REACHED);
    assertThat(status.problem())
        .contains("C-1 is no pull request yet", "which Hivedeck did not push");
    github.pulls.clear(); // it is gone there
    sandbox.git("push", "-q", "origin", ":refs/heads/" + change("T-1").branch());
    sync();
    assertThat(github.pulls).as("that of T-1").hasSize(1);
    assertThat(pull("T-2").problem()).contains("Could not resolve");
    engine.execute(new Command.CloseChange(change("T-2").id(), "No."), null);
    sync();
    long requests = github.requests.size();
    sync();
    assertThat(github.requests.size() - requests).as("nobody looks for it any more").isLessThan(5);
  }

  @Test
  void aLabelOrAReviewerThatIsRefusedKeepsNoOther() {
    owners = "* @nobody @mona @lead\n";
    open(", pulls: { labels: [refused, agents] }");
    link(github);
    work("T-1");
    sync();
    assertThat(there("T-1").path("labels").toString()).isEqualTo("[\"agents\"]");
    assertThat(there("T-1").path("reviewers").toString()).isEqualTo("[\"mona\",\"lead\"]");
    assertThat(pull("T-1").problem()).contains("422");
    sync();
    assertThat(pull("T-1").problem()).as("it is missing still").contains("422");
    assertThat(there("T-1").path("labels")).as("nobody is asked twice").hasSize(1);
    assertThat(there("T-1").path("reviewers")).hasSize(2);
  }

  // ── meanwhile ───────────────────────────────────────────────────────────────────────────────

  @Test
  void aPersonWhoWasFasterIsNoRefusal() {
    open("");
    link(github);
    work("T-1");
    sync();
    github.check(pull("T-1").number(), "build", "FAILURE", "2026-11-20T10:00:00Z");
    github.meanwhile(
        () -> engine.execute(new Command.ReturnChange("C-1", "By me.", List.of()), null));
    assertThat(sync().reach()).isEqualTo(Reach.REACHED);
    assertThat(pull("T-1").rounds()).isZero();
    assertThat(change("T-1").comments()).hasSize(1);
  }

  @Test
  void anEndOfTheLinkWaitsForTheLook() throws Exception {
    open("");
    link(github);
    work("T-1");
    sync();
    var unlinking = new Thread(() -> engine.execute(new ForgeCommand.Unlink(), null));
    github.meanwhile(unlinking::start);
    sync();
    unlinking.join();
    assertThat(Json.as(engine.query(new ForgeQuery.Status()), ForgeStatus.class).linked())
        .isFalse();
    assertThatThrownBy(this::sync).hasMessageContaining("not linked");
  }

  // ── after a crash ───────────────────────────────────────────────────────────────────────────

  @Test
  void whatWasPushedBeforeItWasOpenedIsKnownAgain() {
    open("");
    link(github);
    sync();
    github.halves(true); // nothing is heard of GitHub, and git pushes all the same
    work("T-1");
    assertThatThrownBy(this::sync).hasMessageContaining("was not reached");
    String first = tip(change("T-1").branch());
    assertThat(first).isEqualTo(change("T-1").head());
    engine.close();
    engine = sandbox.open();
    engine.execute(new Command.ReturnChange("C-1", "Anew.", List.of()), null);
    sandbox.git("commit", "-q", "--allow-empty", "-m", "Main goes on");
    TestRepository.await(
        "again",
        engine,
        () -> change("T-1").attempt().endsWith(".2") && change("T-1").state() == ChangeState.OPEN);
    github.halves(false);
    sync();
    assertThat(pull("T-1").head()).isEqualTo(change("T-1").head()).isNotEqualTo(first);
  }

  @Test
  void whatAnotherWorkspaceSaidIsNotTakenForOnesOwn() {
    open("");
    link(github);
    work("T-1");
    sync();
    int number = pull("T-1").number();
    github.comment(number, "octocat", "OWNER", "Theirs <!-- hivedeck comment 1 of Other -->");
    sync();
    assertThat(change("T-1").comments()).hasSize(1);
    again("T-1", 2);
    sync();
    assertThat(github.said(number)).anySatisfy(said -> assertThat(said).contains("More."));
  }
}
