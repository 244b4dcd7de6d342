package dev.hivedeck.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.gate.GateSpec.Limits;
import dev.hivedeck.engine.gate.GateSpec.Place;
import dev.hivedeck.engine.process.ProcessTree;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.time.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gates judge what an agent left. */
class CheckpointTest {
  @TempDir Path folder;
  private final Timers timers = new SystemTimers();
  private final List<String> log = new ArrayList<>();
  private TestRepository sandbox;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
  }

  @AfterEach
  void stop() {
    timers.close();
  }

  private GateResult run(GateSpec gate, String... owns) throws InterruptedException {
    return judge("attempt", null, List.of(gate), owns).gates().getFirst();
  }

  /**
   * @param made the folder that the commit was made in, or null
   */
  private Checkpoint.Results judge(String point, Path made, List<GateSpec> gates, String... owns)
      throws InterruptedException {
    return judge().judge(point, made, gates, owns);
  }

  private CommitJudge judge() {
    return new CommitJudge(sandbox, folder, timers, log::add);
  }

  private static GateSpec command(String command, Duration timeout) {
    return command(command, timeout, GateSpec.Place.EITHER);
  }

  private static GateSpec command(String command, Duration timeout, GateSpec.Place place) {
    return new GateSpec(
        "unit",
        GateSpec.Kind.RUN,
        command,
        List.of("attempt", "merge"),
        timeout,
        place,
        GateSpec.Limits.NONE);
  }

  private static GateSpec builtin(GateSpec.Kind kind, int warn, int max) {
    return builtin(kind, new GateSpec.Limits(warn, max, GateSpec.Limits.WARN_BYTES, 0));
  }

  private static GateSpec builtin(GateSpec.Kind kind, GateSpec.Limits limits) {
    return new GateSpec("g", kind, null, List.of("attempt"), null, GateSpec.Place.EITHER, limits);
  }

  private void changed(String path, String text) {
    sandbox.write(path, text);
    sandbox.commit("Change " + path);
  }

  @Test
  void aCommandPassesWithZeroAndSaysItsLastLine() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("echo one; echo 12 passed", null));
    assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(result.summary()).isEqualTo("12 passed");
    assertThat(log).containsExactly("one", "12 passed");
  }

  @Test
  void aFailureTellsWhereItFound() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("echo src/cart.ts:31:7 no-unused-vars >&2; exit 2", null));
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.findings().getFirst().file()).isEqualTo("src/cart.ts");
    assertThat(result.findings().getFirst().line()).isEqualTo(31);
  }

  @Test
  void aMissingCommandSaysWhereToLook() throws Exception {
    changed("a.txt", "x\n");
    assertThat(run(command("no-such-tool", null)).summary()).contains("hive.yaml").contains("unit");
  }

  /** Nothing is wrong with hive.yaml then. */
  @Test
  void aChangeThatBrokeTheScriptOfAGateIsToldSo() throws Exception {
    changed("check.sh", "exit 0\n");
    changed("check.sh", "no-such-tool\n");
    var result = run(command("sh ./check.sh", null));
    assertThat(result.summary())
        .contains("could not be run", "The change itself touches what it runs: check.sh")
        .doesNotContain("hive.yaml");
    assertThat(result.findings()).first().extracting("file").isEqualTo("check.sh");
  }

  @Test
  void aHangingCommandIsEndedWithAllThatItStarted() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("setsid sleep 300 & sleep 300", Duration.ofMillis(300)));
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.summary()).contains("did not end");
    assertThat(ProcessTree.carrying()).noneMatch(p -> p.key().equals(judge().key()));
  }

  @Test
  void aFloodOfOutputIsBounded() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("yes flood | head -c 50000000; echo; echo the end", null));
    assertThat(result.summary()).isEqualTo("the end");
  }

  @Test
  void ownersRefusesWhatIsNotItsOwn() throws Exception {
    changed("web/a.js", "x\n");
    var refused = run(builtin(GateSpec.Kind.OWNERS, 0, 0), "services/**");
    assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(refused.findings().getFirst().file()).isEqualTo("web/a.js");
    assertThat(run(builtin(GateSpec.Kind.OWNERS, 0, 0), "web/**").outcome())
        .isEqualTo(Outcome.PASSED);
    assertThat(run(builtin(GateSpec.Kind.OWNERS, 0, 0)).outcome()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void sizeWarnsAndFails() throws Exception {
    changed("a.txt", "x\n".repeat(40));
    assertThat(run(builtin(GateSpec.Kind.SIZE, 100, 200)).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(run(builtin(GateSpec.Kind.SIZE, 30, 200)).outcome()).isEqualTo(Outcome.WARNED);
    assertThat(run(builtin(GateSpec.Kind.SIZE, 10, 30)).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void placeholdersCountOnlyWhereTheyWereAdded() throws Exception {
    changed("a.py", "# TODO: old\nx = 1\n");
    changed("a.py", "# TODO: old\nx = 2\n");
    assertThat(run(builtin(GateSpec.Kind.PLACEHOLDERS, 0, 0)).outcome()).isEqualTo(Outcome.PASSED);
    changed("b.py", "def f():\n    raise NotImplementedError\n");
    var refused = run(builtin(GateSpec.Kind.PLACEHOLDERS, 0, 0));
    assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(refused.findings().getFirst().line()).isEqualTo(2);
  }

  // ── whatever a command does ─────────────────────────────────────────────────────────────────

  @Test
  void aNumberThatNoFileHasIsNoLineAndStopsNothing() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("echo 'foo.py:99999999999: bad'; echo 'b.py:7: worse'; exit 1", null));
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.findings())
        .containsExactly(new Finding("foo.py", 0, "bad"), new Finding("b.py", 7, "worse"));
  }

  @Test
  void whatATerminalWouldObeyAndWhatIsNoTextIsNotPassedOn() throws Exception {
    changed("a.txt", "x\n");
    var result =
        run(
            command(
                "printf '\\033[2J\\033]0;title\\007\\033[31mred\\033[0m \\377\\000"
                    + " \\342\\200\\256end\\n"
                    + "'",
                null));
    assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(result.summary()).isEqualTo("red \uFFFD end");
    assertThat(log).containsExactly("red \uFFFD end");
  }

  @Test
  void aLineOfMegabytesIsShortened() throws Exception {
    changed("a.txt", "x\n");
    var result = run(command("head -c 5000000 /dev/zero | tr '\\0' y; exit 1", null));
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.findings()).allMatch(f -> f.message().length() < 5_000);
    assertThat(result.summary().length()).isLessThan(300);
  }

  @Test
  void whatItLeavesRunningIsEndedAndDoesNotHoldItUp() throws Exception {
    changed("a.txt", "x\n");
    var result =
        run(
            command(
                "setsid sleep 317 & env -i setsid sleep 317 & echo fine", // both hold its output
                Duration.ofMinutes(5)));
    assertThat(result.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(result.summary()).isEqualTo("fine");
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(p -> List.of(p.info().arguments().orElse(new String[0])).contains("317"));
  }

  @Test
  void itsInputIsAtItsEnd() throws Exception {
    changed("a.txt", "x\n");
    assertThat(run(command("cat; echo read all", Duration.ofMinutes(1))).summary())
        .isEqualTo("read all");
  }

  @Test
  void aGateThatCannotBeBroughtToAnEndHasFailedAndTheNextIsRun() throws Exception {
    changed("a.txt", "x\n");
    var broken = builtin(GateSpec.Kind.SIZE, null); // its limits are missing
    var results = judge("attempt", null, List.of(broken, command("true", null))).gates();
    assertThat(results.getFirst().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(results.getFirst().summary()).contains("Hivedeck itself failed");
    assertThat(results.getLast().outcome()).isEqualTo(Outcome.PASSED);
  }

  // ── a gate judges the commit ────────────────────────────────────────────────────────────────

  /** A worktree of the repository, at its head, as an agent would leave it. */
  private Path made() {
    Path made = folder.resolve("made");
    sandbox.git("worktree", "add", "-q", "--detach", made.toString());
    return made;
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void aFileThatIsInNoCommitDoesNotHelp() throws Exception {
    sandbox.write(".gitignore", "*.local\n");
    changed("a.txt", "bad\n");
    Path made = made();
    write(made.resolve("pass.local"), "x\n");
    var gate = command("test -e pass.local || grep -q good a.txt", null);
    var judged = judge("attempt", made, List.of(gate));
    assertThat(judged.gates().getFirst().outcome()).isEqualTo(Outcome.WARNED);
    assertThat(judged.gates().getFirst().summary()).contains("pass.local").contains("no commit");
    assertThat(judged.risks())
        .containsExactly(new Risk(RiskKind.UNCOMMITTED, "pass.local", "unit"));

    var clean = judge("attempt", made, List.of(command(gate.command(), null, Place.CLEAN)));
    assertThat(clean.gates().getFirst().outcome()).isEqualTo(Outcome.FAILED);
    var merge = judge("merge", made, List.of(command(gate.command(), null, Place.ATTEMPT)));
    assertThat(merge.gates().getFirst().outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void whatAnAttemptInstalledServesWhereItsWordIsTaken() throws Exception {
    sandbox.write(".gitignore", "node_modules/\n");
    changed("a.txt", "good\n");
    Path made = made();
    write(made.resolve("node_modules/tool"), "x\n");
    var gate = command("test -e node_modules/tool && grep -q good a.txt", null, Place.ATTEMPT);
    var judged = judge("attempt", made, List.of(gate));
    assertThat(judged.gates().getFirst().outcome()).isEqualTo(Outcome.PASSED);
    assertThat(judged.risks()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--skip-worktree", "--assume-unchanged", "--no-assume-unchanged"})
  void aFileThatIsNotAsCommittedIsFoundWhateverAnIndexSays(String flag) throws Exception {
    sandbox.write("check.sh", "grep -q good a.txt\n");
    changed("a.txt", "bad\n");
    Path made = made();
    TestRepository.run(made, "git", "update-index", flag, "check.sh");
    write(made.resolve("check.sh"), "exit 0\n");
    var either = judge("attempt", made, List.of(command("sh ./check.sh", null)));
    assertThat(either.gates().getFirst().outcome()).isEqualTo(Outcome.FAILED);
    var there = judge("attempt", made, List.of(command("sh ./check.sh", null, Place.ATTEMPT)));
    assertThat(there.gates().getFirst().outcome()).isEqualTo(Outcome.FAILED);
    assertThat(there.gates().getFirst().summary())
        .contains("not what was committed")
        .contains("check.sh");
    assertThat(Files.readString(made.resolve("check.sh"))).isEqualTo("exit 0\n"); // left as it was
  }

  @Test
  void aFileOfTheSameSizeAndTimeIsFoundToo() throws Exception {
    sandbox.write("check.sh", "exit 1\n");
    changed("a.txt", "x\n");
    Path made = made();
    var time = Files.getLastModifiedTime(made.resolve("check.sh"));
    write(made.resolve("check.sh"), "exit 0\n");
    Files.setLastModifiedTime(made.resolve("check.sh"), time);
    var there = judge("attempt", made, List.of(command("sh ./check.sh", null, Place.ATTEMPT)));
    assertThat(there.gates().getFirst().outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void aFileBesideTheCommitIsNoPartOfItThoughOnlyItsAgentIgnoresIt() throws Exception {
    changed("a.txt", "bad\n");
    Path made = made();
    write(made.resolve("pass"), "x\n");
    var gate = command("test -e pass", null);
    assertThat(judge("attempt", made, List.of(gate)).gates().getFirst().outcome())
        .isEqualTo(Outcome.FAILED);
  }

  @Test
  void whatAGateLeavesDoesNotChangeWhatTheNextOneSees() throws Exception {
    sandbox.write("check.sh", "grep -q good a.txt\n");
    changed("a.txt", "bad\n");
    var results =
        judge(
                "attempt",
                null,
                List.of(
                    command("echo exit 0 > check.sh; echo good > a.txt; rm README.md", null),
                    command("test -e README.md && sh ./check.sh", null)))
            .gates();
    assertThat(results)
        .extracting(GateResult::outcome)
        .containsExactly(Outcome.PASSED, Outcome.FAILED);
    try (var left = Files.walk(folder.resolve("trees"))) {
      assertThat(left).noneMatch(p -> p.endsWith("check.sh"));
    }
  }

  /** One that runs the change's own code leaves what helps the next to pass. */
  @ParameterizedTest
  @EnumSource(
      value = Place.class,
      names = {"CLEAN", "ATTEMPT"})
  void whatAGateLeavesHelpsTheNextOnlyWhereGitIgnoresIt(Place place) throws Exception {
    sandbox.write(".gitignore", "out/\n");
    sandbox.write("d/.gitattributes", "* text=auto\n");
    changed("a.txt", "bad\n");
    String leaves =
        "mkdir -p out new/deep; echo x > out/built; echo x > planted; echo x > new/deep/planted;"
            + " echo x > d/planted; git init -q nested; echo x > nested/planted;"
            + " rm d/.gitattributes; mkfifo d/.gitattributes new/.gitignore";
    String sees = "test -e out/built && test -f d/.gitattributes && ! ls */planted */*/planted";
    Path made = place == Place.ATTEMPT ? made() : null;
    var results =
        judge("attempt", made, List.of(command(leaves, null, place), command(sees, null, place)));
    assertThat(results.gates())
        .as("%s", log)
        .extracting(GateResult::outcome)
        .containsExactly(Outcome.PASSED, Outcome.PASSED);
  }

  @Test
  void whatAGateHasGitIgnoreIsNotWhatTheCommitIgnores() throws Exception {
    changed("a.txt", "bad\n");
    String leaves =
        "mkdir -p d/e; for f in . d d/e; do echo '*' > $f/.gitignore; echo x > $f/planted; done;"
            + " echo '*' >> .git/info/exclude";
    var results =
        judge(
            "attempt",
            null,
            List.of(command(leaves, null), command("! ls planted d/planted d/e/planted", null)));
    assertThat(results.gates())
        .as("%s", log)
        .extracting(GateResult::outcome)
        .containsExactly(Outcome.PASSED, Outcome.PASSED);
  }

  // ── what a diff says ────────────────────────────────────────────────────────────────────────

  @Test
  void ownersSeesBothSidesOfAMoveLinksAndSubmodules() throws Exception {
    sandbox.write("docs/a.md", "one\ntwo\nthree\n");
    sandbox.write("web/b.md", "four\nfive\nsix\n");
    sandbox.commit("Begin");
    sandbox.git("mv", "web/b.md", "docs/b.md");
    sandbox.git(
        "update-index",
        "--add",
        "--cacheinfo",
        "160000," + sandbox.git("rev-parse", "HEAD") + ",lib");
    sandbox.git("commit", "-q", "-m", "Move");
    var refused = run(builtin(GateSpec.Kind.OWNERS, 0, 0), "docs/");
    assertThat(refused.findings()).extracting(Finding::file).containsExactly("lib", "web/b.md");
  }

  @Test
  void attributesAndLargeFilesDoNotMakeAChangeSmall() throws Exception {
    sandbox.write(".gitattributes", "* -diff\n");
    changed("a.txt", "x\n".repeat(400));
    assertThat(run(builtin(GateSpec.Kind.SIZE, 0, 200)).outcome()).isEqualTo(Outcome.FAILED);
    changed("large.txt", "x = 1\n".repeat(3_000_000));
    assertThat(run(builtin(GateSpec.Kind.SIZE, 0, 2_000_000)).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void bytesCountWhereLinesDoNot() throws Exception {
    Files.write(sandbox.repository.resolve("a.bin"), new byte[3 << 20]);
    sandbox.commit("Binary");
    assertThat(run(builtin(GateSpec.Kind.SIZE, new Limits(0, 10, 1 << 20, 0))).outcome())
        .isEqualTo(Outcome.WARNED);
    var refused = run(builtin(GateSpec.Kind.SIZE, new Limits(0, 10, 0, 2 << 20)));
    assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(refused.findings().getFirst().file()).isEqualTo("a.bin");
    assertThat(run(builtin(GateSpec.Kind.SIZE, 0, 10)).outcome()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void binaryFilesAreLimitedWhereNothingIsSaid() throws Exception {
    Files.write(sandbox.repository.resolve("a.bin"), new byte[6 << 20]);
    sandbox.commit("Binary");
    var refused = run(builtin(GateSpec.Kind.SIZE, 0, 10));
    assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(refused.summary()).startsWith("6 MB of binary files").contains("maxBytes");
    assertThat(run(builtin(GateSpec.Kind.SIZE, new Limits(0, 10, 0, 8 << 20))).outcome())
        .isEqualTo(Outcome.PASSED);
  }

  @Test
  void aNulHidesNothing() throws Exception {
    changed("big.js", "// \0\n" + "x = 1 // TO\0DO\n".repeat(5_000));
    assertThat(run(builtin(GateSpec.Kind.SIZE, 0, 50)).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(run(builtin(GateSpec.Kind.PLACEHOLDERS, 0, 0)).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void placeholdersReadsAllHoweverMuchAndSaysWhatItCannot() throws Exception {
    sandbox.write(".gitattributes", "* -diff\n");
    changed("a.py", "x = 1\n".repeat(250_000) + "raise NotImplementedError\n");
    assertThat(run(builtin(GateSpec.Kind.PLACEHOLDERS, 0, 0)).outcome()).isEqualTo(Outcome.FAILED);
    changed("large.py", "x = 1\n".repeat(3_000_000) + "# TODO\n");
    var warned = run(builtin(GateSpec.Kind.PLACEHOLDERS, 0, 0));
    assertThat(warned.outcome()).isEqualTo(Outcome.WARNED);
    assertThat(warned.findings().getFirst().file()).isEqualTo("large.py");
    changed("long.js", "y".repeat(2 << 20) + " TODO\n");
    assertThat(run(builtin(GateSpec.Kind.PLACEHOLDERS, 0, 0)).outcome()).isEqualTo(Outcome.WARNED);
    Files.write(sandbox.repository.resolve("a.bin"), new byte[100]);
    sandbox.commit("Binary");
    assertThat(run(builtin(GateSpec.Kind.PLACEHOLDERS, 0, 0)).summary())
        .isEqualTo("no placeholders, 1 binary file not read");
  }
}
