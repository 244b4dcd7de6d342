package dev.hivedeck.engine.forge.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hivedeck.engine.Engine;
import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.forge.github.GitHubAddress;
import dev.hivedeck.engine.forge.github.GitHubForge;
import dev.hivedeck.engine.forge.github.LoopbackGitHub;
import dev.hivedeck.engine.forge.github.LoopbackStacks;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.forge.ForgeCommand;
import dev.hivedeck.engine.protocol.forge.ForgeQuery;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullRequest;
import dev.hivedeck.engine.protocol.merge.MergeMethod;
import dev.hivedeck.engine.protocol.secret.SecretCommand;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pull request of each member of a stack is for the branch of the one below it. */
@DisabledOnOs(OS.WINDOWS) // its agents are shell scripts
class PullStackTest {
  @TempDir Path folder;
  private final LoopbackGitHub github = new LoopbackGitHub(this::tip);
  private TestRepository sandbox;
  private Engine engine;

  @AfterEach
  void end() {
    if (engine != null) {
      engine.close();
    }
    github.close();
  }

  private String remote() {
    return folder.resolve("remote.git").toString();
  }

  private String tip(String branch) {
    String ref = "refs/heads/" + branch;
    return TestRepository.run(
            folder, "git", "-C", remote(), "for-each-ref", "--format=%(objectname)", ref)
        .strip();
  }

  /** Two tasks, the second worked on on top of the first one's change; linked. */
  private void open(String method) {
    TestRepository.run(folder, "git", "init", "-q", "--bare", remote());
    sandbox = new TestRepository(folder);
    sandbox.write(
        ".hivedeck/hive.yaml",
        "version: 1\n"
            + "agents: { a: { run: 'echo more >> $HIVEDECK_TASK.txt' } }\n"
            + "decisions: { default: { human: required } }\n"
            + "changes: { stack: true, merge: { method: "
            + method
            + " } }\n"
            + "github: { every: 1h }\n");
    sandbox.commit("Set up");
    sandbox.git("remote", "add", "origin", remote());
    sandbox.git("push", "-q", "origin", "HEAD");
    engine = sandbox.open();
    TestRepository.trust(engine);
    engine.execute(
        new Command.ImportPlan(
            "plan.yaml",
            "plan: P\ntasks:\n  - { id: T-1, title: Below, agent: a, prompt: x }\n"
                + "  - { id: T-2, title: Above, agent: a, prompt: y, needs: [T-1] }\n"),
        null);
    engine.execute(new Command.StartHive(1), null);
    await("both open", () -> TestRepository.changes(engine).size() == 2);
    is("C-2", ChangeState.OPEN);
    engine.execute(
        new SecretCommand.SetSecret("github-token-127.0.0.1", LoopbackGitHub.TOKEN), null);
    engine.execute(new ForgeCommand.Link("octo/shop", github.address(), "keychain"), null);
    sync();
  }

  private void await(String what, java.util.function.BooleanSupplier until) {
    TestRepository.await(what, engine, until::getAsBoolean);
  }

  private void is(String id, ChangeState state) {
    await(id + " " + state.word(), () -> change(id).state() == state);
  }

  private ChangeViews.Change change(String id) {
    return TestRepository.changes(engine).stream()
        .filter(c -> c.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private void sync() {
    engine.execute(new ForgeCommand.Sync(), null);
  }

  private List<PullRequest> pulls() {
    return List.of(
        Json.read(engine.query(new ForgeQuery.PullRequests()).toString(), PullRequest[].class));
  }

  private PullRequest pull(String id) {
    return pulls().stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
  }

  private String there(String id, String what) {
    synchronized (github) {
      return github.pulls.get(pull(id).number()).path(what).asText();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"merge", "squash"})
  void itIsForTheBranchBelowAndForMainOnceThatIsThere(String method) {
    open(method);
    assertThat(there("C-1", "base")).isEqualTo("main");
    assertThat(there("C-2", "base")).isEqualTo(change("C-1").branch());
    sync(); // by now both know the number of the other
    String stack = "1. #%d%s\n1. #%d%s\n";
    int below = pull("C-1").number();
    int above = pull("C-2").number();
    assertThat(there("C-1", "body"))
        .contains("### Stack\n", stack.formatted(below, " (this one)", above, ""));
    assertThat(there("C-2", "body")).contains(stack.formatted(below, "", above, " (this one)"));
    long edits = github.sent("PATCH /repos/octo/shop/pulls/" + above);
    sync();
    assertThat(github.sent("PATCH /repos/octo/shop/pulls/" + above))
        .as("nothing is said twice")
        .isEqualTo(edits);

    engine.execute(new Command.ApproveChange("C-1", null), null);
    is("C-1", ChangeState.MERGED);
    await(
        "for main",
        () -> { // it stands there a moment later than the one below it
          sync();
          return there("C-2", "base").equals("main");
        });
    sync();
    assertThat(tip(change("C-2").branch())).isEqualTo(change("C-2").head());
    assertThat(there("C-2", "body")).as("it is alone").doesNotContain("### Stack");
    assertThat(change("C-2").state()).isEqualTo(ChangeState.OPEN);
    assertThat(pull("C-2").problem()).isNull();
  }

  @Test
  void whatIsReworkedBelowIsPushedWithWhatStandsOnIt() {
    open("merge");
    engine.execute(new Command.ReturnChange("C-1", "Say more.", List.of()), null);
    String before = change("C-2").head();
    await("restacked", () -> !change("C-2").head().equals(before));
    sync();
    assertThat(there("C-2", "base")).isEqualTo(change("C-1").branch());
    assertThat(tip(change("C-1").branch())).isEqualTo(change("C-1").head());
    assertThat(tip(change("C-2").branch())).isEqualTo(change("C-2").head());
  }

  @Test
  void noneIsOpenedForMainWhereTheOneBelowHasNone() throws Exception {
    Path refuses = folder.resolve("remote.git/hooks/update");
    Files.createDirectories(refuses.getParent());
    Files.writeString(refuses, "#!/bin/sh\ncase $1 in */T-1-*) exit 1;; esac\n");
    assertThat(refuses.toFile().setExecutable(true)).isTrue();
    open("merge");
    assertThat(pulls()).as("C-1 is refused, and C-2 would show all of it").isEmpty();
    Files.delete(refuses);
    sync();
    assertThat(there("C-1", "base")).isEqualTo("main");
    assertThat(there("C-2", "base")).isEqualTo(change("C-1").branch());
  }

  @Test
  void whatAPersonMadeOneForAnotherBranchStaysSoAndIsTold() {
    open("merge");
    synchronized (github) {
      github.pulls.get(pull("C-2").number()).put("base", "release-1");
    }
    sync();
    assertThat(there("C-2", "base")).isEqualTo("release-1");
    assertThat(pull("C-2").problem()).contains("for release-1 on GitHub");
    synchronized (github) {
      github.pulls.get(pull("C-2").number()).put("base", "main");
    }
    sync();
    assertThat(there("C-2", "base")).as("main is not a person's choice").startsWith("hive/");
    assertThat(pull("C-2").problem()).isNull();
  }

  /** GitHub's own stacks: a preview, so not all servers have them. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whereGitHubKeepsStacksThisIsOne(boolean locked) {
    var there = new LoopbackStacks(github);
    github.stacks = there;
    there.locked = locked;
    open("merge");
    sync();
    assertThat(stacks(there)).containsExactly(List.of(number("C-1"), number("C-2")));
    sync();
    assertThat(github.sent("POST /repos/octo/shop/stacks")).as("it is made once").isOne();

    engine.execute(new Command.ApproveChange("C-1", null), null);
    is("C-1", ChangeState.MERGED);
    await(
        "for main",
        () -> {
          sync();
          return there("C-2", "base").equals("main");
        });
    assertThat(stacks(there)).as("one alone is none").hasSize(locked ? 1 : 0);
    assertThat(pull("C-2").problem()).as("a refusal stops nothing").isNull();
  }

  @Test
  void aStackThatAPersonMadeOfMoreStaysAsItIs() {
    var there = new LoopbackStacks(github);
    open("merge");
    synchronized (github) {
      github.stacks = there;
      var theirs = github.pulls.get(number("C-1")).deepCopy().put("number", 7);
      github.pulls.put(7, theirs);
      there.stacks.put(5, new ArrayList<>(List.of(number("C-1"), 7)));
    }
    engine.execute(new ForgeCommand.Unlink(), null);
    engine.execute(new ForgeCommand.Link("octo/shop", github.address(), "keychain"), null);
    sync();
    sync();
    assertThat(there.stacks).containsOnlyKeys(5);
    assertThat(pull("C-2").problem()).isNull();
  }

  /** It is asked for once, and how it went is asked again at each look. */
  @Test
  void whatIsInAStackIsMergedInTheBackground() {
    var there = new LoopbackStacks(github);
    github.stacks = there;
    open("merge");
    sync();
    var forge =
        new GitHubForge(
            GitHubAddress.at("127.0.0.1", "octo/shop").orElseThrow().with(github.address()),
            () -> LoopbackGitHub.TOKEN,
            Clock.systemUTC());
    try (forge) {
      int number = number("C-1");
      String head = change("C-1").head();
      assertThat(forge.merge(number, head, MergeMethod.SQUASH)).isEmpty();
      assertThat(forge.merge(number, head, MergeMethod.SQUASH)).isEmpty();
      there.failure = "A rule of the branch wants a review.";
      assertThatThrownBy(() -> forge.merge(number, head, MergeMethod.SQUASH))
          .hasMessageContaining("A rule of the branch wants a review.");
      there.failure = null;
      assertThat(forge.merge(number, head, MergeMethod.SQUASH)).isEmpty();
      assertThat(forge.merge(number, head, MergeMethod.SQUASH)).isEmpty();
      assertThat(forge.merge(number, head, MergeMethod.SQUASH)).contains("c".repeat(40));
      assertThat(github.methods).containsExactly("squash direct_merge", "squash direct_merge");
    }
  }

  private List<List<Integer>> stacks(LoopbackStacks there) {
    synchronized (github) {
      return List.copyOf(there.stacks.values());
    }
  }

  private int number(String id) {
    return pull(id).number();
  }
}
