package dev.hivedeck.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.TestRepository;
import dev.hivedeck.engine.config.gate.CoverageFormat;
import dev.hivedeck.engine.config.gate.CoverageRule;
import dev.hivedeck.engine.protocol.view.GateViews.Finding;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.GateViews.Outcome;
import dev.hivedeck.engine.time.SystemTimers;
import dev.hivedeck.engine.time.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A gate says how many of the lines that a change brings its tests have reached. */
class CoverageGateTest {
  private static final String COBERTURA =
      """
      <?xml version="1.0" ?>
      <!DOCTYPE coverage SYSTEM "http://127.0.0.1:1/coverage-04.dtd">
      <coverage line-rate="0.5"><sources><source>/build/src</source></sources>
      <packages><package name="shop"><classes><class filename="shop/cart.py" name="cart.py">
      <methods><method name="m"><lines><line number="2" hits="0"/></lines></method></methods>
      <lines><line number="1" hits="1"/><line number="2" hits="3"/><line number="3" hits="0"/>
      <line number="4" hits="0"/><line number="5" hits="1"/></lines>
      </class></classes></package></packages></coverage>
      """;

  @TempDir Path folder;
  private final Timers timers = new SystemTimers();
  private TestRepository sandbox;

  @BeforeEach
  void repository() {
    sandbox = new TestRepository(folder);
    commit(".gitignore", "/out\n**/target\n");
    commit("src/shop/cart.py", "import os\n");
    commit("src/shop/cart.py", "import os\na = 1\nb = 2\nc = 3\nd = 4\n");
  }

  @AfterEach
  void stop() {
    timers.close();
  }

  /** Paths, each with what is in it. */
  private void commit(String... files) {
    for (int i = 0; i < files.length; i += 2) {
      sandbox.write(files[i], files[i + 1]);
    }
    sandbox.commit(files[0]);
  }

  private GateResult run(CoverageFormat format, String pattern, int min, String command)
      throws InterruptedException {
    return new CommitJudge(sandbox, folder, timers, line -> {})
        .judge(
            "attempt",
            null,
            List.of(
                new GateSpec(
                    "coverage",
                    GateSpec.Kind.RUN,
                    command,
                    List.of("attempt"),
                    Duration.ofMinutes(1),
                    GateSpec.Place.CLEAN,
                    GateSpec.Limits.NONE,
                    new CoverageRule(format, pattern, min))))
        .gates()
        .getFirst();
  }

  /** A command that leaves a report. */
  private static String writes(String path, String report) {
    return "mkdir -p \"$(dirname %s)\" && cat > %s <<'END'\n%s\nEND\necho 12 passed"
        .formatted(path, path, report);
  }

  @Test
  void onlyLinesThatCameCount() throws Exception {
    var said =
        run(CoverageFormat.COBERTURA, "out/coverage.xml", 0, writes("out/coverage.xml", COBERTURA));

    assertThat(said.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(said.summary()).isEqualTo("tests reach 50 % of 4 changed lines");
    assertThat(said.findings())
        .containsExactly(new Finding("src/shop/cart.py", 3, "no test reaches it and on to line 4"));
  }

  @ParameterizedTest
  @CsvSource({"50,PASSED", "51,FAILED"})
  void fewerThanAreWantedFail(int min, Outcome outcome) throws Exception {
    var said =
        run(
            CoverageFormat.COBERTURA,
            "out/coverage.xml",
            min,
            writes("out/coverage.xml", COBERTURA));

    assertThat(said.outcome()).isEqualTo(outcome);
  }

  @Test
  void lcovNamesFilesFromWhereItRan() throws Exception {
    commit("web/a.js", "one\ntwo\nthree\n");
    // Another file of that name, which did not change, is another file.
    String report = "TN:\nSF:a.js\nDA:1,1\nDA:2,0\nDA:3,12\nend_of_record";
    var said =
        run(CoverageFormat.LCOV, "web/target/*.info", 60, writes("web/target/l.info", report));

    assertThat(said.summary()).isEqualTo("tests reach 66 % of 3 changed lines");
    assertThat(said.findings()).containsExactly(new Finding("web/a.js", 2, "no test reaches it"));
  }

  @Test
  void modulesWithTheSamePackageAreToldApart() throws Exception {
    commit("a/src/main/java/shop/Cart.java", "one\ntwo\n");
    commit(
        "a/src/main/java/shop/Cart.java",
        "one\n2\n",
        "b/src/main/java/shop/Cart.java",
        "one\ntwo\n");
    String report =
        """
        <?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD" "report.dtd"><report name="x">
        <package name="shop"><sourcefile name="Cart.java"><line nr="1" mi="0" ci="3"/>
        <line nr="2" mi="2" ci="%d"/></sourcefile></package></report>
        """;
    var said =
        run(
            CoverageFormat.JACOCO,
            "**/jacoco.xml",
            80,
            writes("a/target/site/jacoco.xml", report.formatted(1))
                + "\n"
                + writes("b/target/site/jacoco.xml", report.formatted(0)));

    assertThat(said.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(said.summary()).isEqualTo("tests reach 66 % of 3 changed lines; at least 80 % pass");
    assertThat(said.findings())
        .containsExactly(new Finding("b/src/main/java/shop/Cart.java", 2, "no test reaches it"));
  }

  @Test
  void blocksOfGoAreLines() throws Exception {
    commit("main.go", "package main\n");
    commit("cart/main.go", "1\n2\n3\n4\n");
    String report =
        "mode: set\nexample.com/shop/cart/main.go:1.2,2.10 1 1\n"
            + "example.com/shop/cart/main.go:3.2,4.10 1 0";
    var said = run(CoverageFormat.GO, "out/cover.out", 50, writes("out/cover.out", report));

    assertThat(said.outcome()).isEqualTo(Outcome.PASSED);
    assertThat(said.summary()).isEqualTo("tests reach 50 % of 4 changed lines");
  }

  @Test
  void aFileThatNoTestLoadsIsSaid() throws Exception {
    commit(
        "src/shop/cart.py",
        "import os\na = 2\nb = 2\nc = 3\nd = 4\n",
        "src/shop/forgotten.py",
        "e = 1\n",
        "tests/test_cart.py",
        "assert 1\n",
        "README.md",
        "text\n");
    var said =
        run(
            CoverageFormat.COBERTURA,
            "out/coverage.xml",
            80,
            writes("out/coverage.xml", COBERTURA));

    assertThat(said.outcome()).isEqualTo(Outcome.WARNED);
    assertThat(said.summary())
        .isEqualTo("tests reach 100 % of 1 changed line; no report knows src/shop/forgotten.py");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "mkdir -p out && ln -s /etc/hostname out/coverage.xml",
        "mkdir -p out && mkfifo out/coverage.xml"
      })
  void noReportIsNoPass(String command) throws Exception {
    var said = run(CoverageFormat.COBERTURA, "out/coverage.xml", 0, command);

    assertThat(said.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(said.summary()).isEqualTo("passed, but it left no report at out/coverage.xml");
  }

  @ParameterizedTest
  @CsvSource({
    "COBERTURA,<html/>,does not begin with <coverage>",
    "COBERTURA,<coverage><a></b>,is no XML from line 1 on",
    "COBERTURA,<coverage><class filename='x'><line number='two' hits='1'/></class></coverage>,"
        + "has no number of a line in line 1",
    "JACOCO,<report><sourcefile/></report>,has a <sourcefile> without name in line 1",
    "GO,example.com/x.go:1.2,does not begin with its mode",
  })
  void aReportThatSaysNothingIsNoPass(CoverageFormat format, String report, String why)
      throws Exception {
    var said = run(format, "out/report", 0, writes("out/report", report));

    assertThat(said.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(said.summary()).isEqualTo("passed, but the report out/report " + why);
  }

  @ParameterizedTest
  @CsvSource({
    "LCOV,TN:",
    "GO,mode: set",
    "COBERTURA,<coverage/>",
    "JACOCO,<report/>",
    "LCOV,'SF:/elsewhere/unknown.js\nDA:1,1\nend_of_record'",
  })
  void aReportWithoutAFileOfTheCommitIsNoPass(CoverageFormat format, String report)
      throws Exception {
    var said = run(format, "out/report", 80, writes("out/report", report));

    assertThat(said.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(said.summary())
        .isEqualTo("passed, but the report at out/report names no line of a file of this commit");
  }

  /** An agent could commit a fine one. */
  @Test
  void aReportThatIsCommittedSaysNothing() throws Exception {
    commit("coverage.xml", COBERTURA);
    var said = run(CoverageFormat.COBERTURA, "coverage.xml", 0, "true");

    assertThat(said.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(said.summary()).contains("coverage.xml is part of the commit");
  }

  @Test
  void whatFailsIsNotMeasured() throws Exception {
    var said =
        run(
            CoverageFormat.COBERTURA,
            "out/coverage.xml",
            0,
            writes("out/coverage.xml", COBERTURA) + "; exit 1");

    assertThat(said.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(said.summary()).isEqualTo("exit 1: 12 passed");
  }
}
