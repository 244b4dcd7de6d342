package dev.hivedeck.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hivedeck.engine.config.edit.ConfigProposal;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.AgentDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HiveConfigTest {
  private static final String FILE = "hive.yaml";

  private static HiveException refused(String yaml) {
    var e = catchThrowableOfType(HiveException.class, () -> HiveConfig.parse(FILE, yaml));
    assertThat(e).as("was accepted:%n%s", yaml).isNotNull();
    assertThat(e.code()).isEqualTo("config-invalid");
    assertThat(e.hint()).isNotBlank();
    return e;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"objectives", "policies", "alerts", "rules", "agents", "gates", "decisions"})
  void aListWithOnlyACommentBelowItIsNone(String key) {
    assertThat(HiveConfig.parse(FILE, "version: 1\n" + key + ":\n  # none yet\n"))
        .isEqualTo(HiveConfig.parse(FILE, "version: 1\n"));
    assertThatThrownBy(() -> HiveConfig.parse(FILE, "version: 1\n" + key + "s:\n"))
        .isInstanceOf(HiveException.class);
  }

  @Test
  void aGateSaysWhereItRunsAndWhatIsProtected() {
    var config =
        HiveConfig.parse(
            FILE,
            """
            version: 1
            protected: [/db/schema.sql, "*.proto"]
            gates:
              unit: { run: npm test, checkout: attempt }
              size: { builtin: size, warnBytes: 5MB, maxBytes: 100MB }
            """);
    assertThat(config.protectedPaths()).containsExactly("/db/schema.sql", "*.proto");
    assertThat(config.gates().get("unit").checkout()).isEqualTo("attempt");
    assertThat(config.gates().get("size").warnBytes()).isEqualTo(5_000_000);
    assertThat(config.gates().get("size").maxBytes()).isEqualTo(100_000_000);
  }

  /** What has no form in JSON is refused like any other wrong value, wherever it stands. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "agents: { a: { driver: command, run: !!binary bHM= } }",
        "agents: { a: { driver: command, run: ls, env: { A: !!binary bHM= } } }",
        "agents: { !!binary YQ==: { driver: command, run: ls } }",
        "agents: !!set { a }",
        "agents: !!omap [a: { driver: command, run: ls }]",
        "agents: { a: { driver: command, run: !mine ls } }",
        "agents: { a: { driver: command, run: !!timestamp ls } }",
        "agents: { a: &a { driver: command, run: ls }, b: { <<: *a } }",
        "agents: { a: { <<: { driver: command, run: ls } } }",
        "agents: { a: &a { driver: command, run: ls }, b: *a }",
        "agents: { ? [a] : { driver: command, run: ls } }",
        "queue: { load: .inf }",
        "queue: { load: !!float .NaN }",
        "queue: { load: 1e999 }",
        "queue: { limit: !!int '3' }",
        "gates: { \"a\\0b\": { run: ls } }"
      })
  void whatIsNoPlainValueIsRefusedWithItsLine(String yaml) {
    assertThat(refused("version: 1\n" + yaml + "\n").getMessage()).startsWith("hive.yaml:2: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"!!str 5", "2001-01-01", "&x ls", "'.inf'", "'<<'", "1:30:00"})
  void whatIsPlainTextIsTakenAsItIs(String run) {
    String yaml = "version: 1\nagents: { a: { driver: command, run: %s } }\n".formatted(run);
    String text = run.replaceFirst("^(!!str|&x) ", "").replace("'", "");
    assertThat(HiveConfig.parse(FILE, yaml).agents().get("a").run()).contains(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gates: { g: { run: x, timeout: 0s } } | \"0s\" is no time at all",
        "defaults: { timeout: 0ms } | \"0ms\" is no time at all",
        "defaults: { quiet: 0s } | \"0s\" is no time at all",
        "agents: { a: { run: x, limits: { timeout: 0m } } } | \"0m\" is no time at all",
        "decisions: { k: { within: 0h } } | \"0h\" is no time at all",
        "decisions: { k: { human: advisory } } | k has none; add within: 4h",
        "gates: { g: { run: x, warn: 5 } } | warn is for builtin: size",
        "gates: { g: { builtin: owners, max: 5 } } | max is for builtin: size",
        "defaults: { timeout: 20 } | a number instead of text; write 20m",
        "agents: { a: { run: x, limits: { tokens: 2 million } } } | write 400000, 400k or 2M",
        "gates: { g: { run: x, checkout: dirty } } | checkout",
        "gates: { g: { builtin: owners, checkout: clean } } | checkout is for a gate with run",
        "gates: { g: { run: x, maxBytes: 5MB } } | maxBytes is for builtin: size",
        "gates: { g: { builtin: size, warnBytes: 9MB, maxBytes: 5MB } } | warns at 9MB",
        "gates: { g: { builtin: size, maxBytes: lots } } | no size",
        "protected: [../other] | leaves the repository"
      })
  void aGateThatCannotBeMeantIsRefused(String yaml, String says) {
    assertThat(refused("version: 1\n" + yaml + "\n").getMessage()).contains(says);
  }

  @Test
  void aWholeFileIsUnderstood() {
    var config =
        HiveConfig.parse(
            FILE,
            """
            version: 1
            workspace: { name: storefront, main: trunk, isolation: worktree, push: true }
            defaults: { attempts: 2, backoff: [1s, 1.5m], timeout: 1h, quiet: 90s, limits: { memory: 1GiB, processes: 200 } }
            retention: { events: 14d, logs: 48h }
            agents:
              core-api:
                role: Builds the order API
                run: ./agent.sh
                version: 0.58
                capabilities: [python, api]
                owns: [services/api/**]
                limits: { timeout: 30m, memory: 2GB, cpu: 1.5, tokens: 400k, cost: 2.50 }
                fallback: [lint]
                env: { MODE: fast, PORT: 80 }
                pass: [HOME]
              lint: { driver: scripted, recipe: recipes/lint.yaml }
            gates:
              unit: { run: pytest -q, at: [attempt, merge], timeout: 5m, report: junit.xml }
              size: { builtin: size, warn: 500, max: 1000 }
            decisions:
              ui: { human: advisory, within: 30m, default: proceed }
              default: { human: none }
            services: { orders: { run: serve } }
            """);

    assertThat(config.name()).isEqualTo("storefront");
    assertThat(config.main()).isEqualTo("trunk");
    assertThat(config.defaults())
        .isEqualTo(
            new TaskDefaults(
                2,
                java.util.List.of(Duration.ofSeconds(1), Duration.ofSeconds(90)),
                Duration.ofHours(1),
                Duration.ofSeconds(90)));
    assertThat(config.retention())
        .isEqualTo(new Retention(Duration.ofDays(14), Duration.ofDays(2), Duration.ofDays(90)));
    var core = config.agents().get("core-api");
    assertThat(core.driver()).isEqualTo(AgentDriver.COMMAND);
    assertThat(core.version()).isEqualTo("0.58");
    assertThat(config.isolation()).isEqualTo(new IsolationConfig("worktree", true));
    assertThat(HiveConfig.parse(FILE, "version: 1").isolation())
        .isEqualTo(new IsolationConfig("clone", false));
    assertThat(core.limits())
        .isEqualTo(
            new AgentSpec.Limits(Duration.ofMinutes(30), 400_000L, 2.5, 2_000_000_000L, 1.5, 200));
    assertThat(core.env()).containsEntry("MODE", "fast").containsEntry("PORT", "80");
    assertThat(config.agents().get("lint").limits())
        .isEqualTo(new AgentSpec.Limits(null, null, null, 1L << 30, null, 200));
    assertThat(config.agents().get("lint").recipe().path()).isEqualTo(Path.of("recipes/lint.yaml"));
    assertThat(config.gates().get("unit").at()).containsExactly("attempt", "merge");
    assertThat(config.gates().get("size").at()).containsExactly("attempt");
    assertThat(config.rule("ui").within()).isEqualTo(Duration.ofMinutes(30));
    assertThat(config.rule("ui").fallback()).isEqualTo("proceed");
    assertThat(config.rule("something else").human()).isEqualTo(DecisionRule.Human.NONE);
  }

  @Test
  void withoutAFileOrARuleAPersonDecides(@TempDir Path folder) {
    var config = HiveConfig.load(folder);

    assertThat(config.agents()).isEmpty();
    assertThat(config.gates()).isEmpty();
    assertThat(config.retention())
        .isEqualTo(new Retention(Duration.ofDays(30), Duration.ofDays(30), Duration.ofDays(90)));
    assertThat(config.rule(null).human()).isEqualTo(DecisionRule.Human.REQUIRED);
    assertThat(HiveConfig.parse(FILE, "").defaults().attempts()).isEqualTo(3);
  }

  @Test
  void allErrorsComeAtOnceEachWithItsLine() {
    var e =
        refused(
            """
            version: 1
            agents:
              core.api:
                run: ./agent.sh
                capabilites: [python]
                fallback: [lnt]
              lint:
                driver: command
            gates:
              unit: { at: [attempt] }
              both: { run: make, builtin: size }
            """);

    assertThat(e.getMessage())
        .contains("hive.yaml:5: unknown key \"capabilites\" in agents › core.api")
        .contains("(did you mean capabilities?)");

    e =
        refused(
            """
            agents:
              core.api:
                run: ./agent.sh
                fallback: [lnt]
              lint:
                driver: command
            gates:
              unit: { at: [attempt] }
              both: { run: make, builtin: size }
            """);
    assertThat(e.getMessage().lines())
        .anyMatch(l -> l.startsWith("hive.yaml:4: ") && l.contains("did you mean lint?"))
        .anyMatch(l -> l.startsWith("hive.yaml:5: ") && l.contains("without run"))
        .anyMatch(l -> l.startsWith("hive.yaml:8: ") && l.contains("checks nothing"))
        .anyMatch(l -> l.startsWith("hive.yaml:9: ") && l.contains("both"))
        .hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    "2G, 2000000000",
    "2 gb, 2000000000",
    "500MB, 500000000",
    "1.5GiB, 1610612736",
    "64Mi, 67108864",
    "3000000, 3000000",
    "1TB, 1000000000000"
  })
  void sizesAreWrittenAsPeopleDo(String size, long bytes) {
    var config =
        HiveConfig.parse(FILE, "agents: { a: { run: x, limits: { memory: " + size + " } } }");

    assertThat(config.agents().get("a").limits().memory()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          agnets: {}                                        | :1: unknown key "agnets" (did you mean agents?)
          version: 2                                        | :1: version is "2"; it must be 1
          agents: { a: { run: x, driver: clude } }          | did you mean claude?
          agents: { a: { driver: acp } }                    | without run: say what starts it
          agents: { a: { driver: scripted } }               | without recipe
          agents: { a: { run: x, fallback: [a] } }          | falls back to itself
          agents: { a: { run: x, owns: [../b] } }           | leaves the repository
          agents: { a: { run: x, limits: { tokens: lots }}} | "lots" is no amount
          agents: { a: { run: x, limits: { memory: big }}}  | "big" is no size; write 500MB
          agents: { a: { run: x, limits: { memory: 2 }}}    | "2" is too little for any work
          agents: { a: { run: x, limits: { cpu: 0 }}}       | "0" is no number of cores; write 0.5
          agents: { a: { run: x, limits: { cpu: 80% }}}     | "80%" is no number of cores
          agents: { a: { run: x, limits: { processes: 0 }}} | "0" is no number of processes; write 50
          agents: { a: { run: x, limits: { procs: 9 }}}     | unknown key "procs"
          defaults: { limits: { memory: 2GG } }             | "2GG" is no size
          agents: { a b: { run: x } }                       | a b
          agents: [a, b]                                    | agents is of the wrong kind: a list instead of keys with values
          defaults: { timeout: 20 }                         | defaults › timeout is of the wrong kind: a number instead of text
          defaults: { timeout: soon }                       | "soon" is no time; write
          retention: { events: 12h }                        | "12h" is less than a day, which is kept always; write 30d
          retention: { logs: soon }                         | "soon" is no time; write
          retention: { logs: 30 }                           | retention › logs is of the wrong kind
          retention: { event: 30d }                         | did you mean events?
          defaults: { attempts: 0 }                         | defaults › attempts is 0; it must be at least 1
          gates: { g: { builtin: sizes } }                  | did you mean size?
          gates: { c: { run: x, ratchet: true } }           | gates › c › ratchet is not part of this release yet
          gates: { g: { builtin: size, warn: 9, max: 3 } }  | warns at 9 but fails at 3
          decisions: { ui: { human: maybe } }               | it must be required, advisory, none
          just text                                         | the file is of the wrong kind
          - a list                                          | the file is of the wrong kind
          """)
  void eachMistakeIsNamed(String yaml, String words) {
    assertThat(refused(yaml).getMessage()).startsWith("hive.yaml:1: ").contains(words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agents: {",
        "agents:\n\ta: b",
        "a: 1\n a: 2",
        "version: 1\nversion: 1",
        "%YAML 9\n---\na: b",
        "a: &x [*x]",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
        "\u0000",
        "a: !!java.net.URL [x]"
      })
  void whatIsNoYamlIsRefusedAsSuch(String yaml) {
    assertThat(refused(yaml).getMessage()).startsWith(FILE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pom.xml | | mvn -q -B verify |
          mvnw pom.xml | | ./mvnw -q -B verify |
          build.gradle | | gradle check |
          package.json | {"scripts":{"test":"x"}} | npm test |
          package.json package-lock.json | {"scripts":{"test":"x"}} | npm test | npm ci --prefer-offline
          pnpm-lock.yaml package.json | {"scripts":{"test":"x"}} | pnpm test | pnpm install --frozen-lockfile --prefer-offline
          yarn.lock package.json | {"scripts":{"test":"x"}} | yarn test | yarn install --frozen-lockfile
          package.json | {"scripts":{"test":"echo \\"Error: no test specified\\""}} | |
          package.json | no JSON | |
          pyproject.toml | | |
          tests/ pyproject.toml | | python3 -m pytest -q |
          tests/ src/ setup.py | | PYTHONPATH=src python3 -m pytest -q |
          tests/ uv.lock pyproject.toml | | uv run --frozen pytest -q | uv sync --frozen
          Cargo.toml | | cargo test --quiet |
          go.mod | | go test ./... |
          Makefile | all: | |
          Makefile | check: all | make check |
          """)
  void whatIsProposedIsWhatRuns(
      String files, String text, String gate, String setup, @TempDir Path folder) throws Exception {
    for (String file : files.split(" ")) {
      if (file.endsWith("/")) {
        Files.createDirectory(folder.resolve(file));
      } else {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), text == null ? "" : text.replace("\\n", "\n"));
      }
    }

    var config = HiveConfig.parse(FILE, ConfigProposal.of(folder));

    assertThat(config.agents()).isNotEmpty();
    var tests = config.gates().get("tests");
    assertThat(tests == null ? null : tests.run()).isEqualTo(gate);
    assertThat(config.worktree().setup()).isEqualTo(setup);
  }

  @Test
  void packagesThatAreTestedOneByOneAreAllTested(@TempDir Path folder) throws Exception {
    Path one = Files.createDirectories(folder.resolve("packages/one"));
    Files.createDirectories(folder.resolve("packages/two"));
    Files.writeString(folder.resolve("package.json"), "{\"workspaces\":[\"packages/*\",\"../x\"]}");
    Files.writeString(folder.resolve("package-lock.json"), "{}");
    assertThat(HiveConfig.parse(FILE, ConfigProposal.of(folder)).gates())
        .doesNotContainKey("tests");

    Files.writeString(one.resolve("package.json"), "{\"scripts\":{\"test\":\"x\"}}");
    assertThat(HiveConfig.parse(FILE, ConfigProposal.of(folder)).gates().get("tests").run())
        .isEqualTo("npm test --workspaces --if-present");
    Files.delete(folder.resolve("package-lock.json"));
    Files.writeString(folder.resolve("pnpm-lock.yaml"), "");
    Files.writeString(folder.resolve("pnpm-workspace.yaml"), "packages:\n  - 'packages/*'\n");
    assertThat(HiveConfig.parse(FILE, ConfigProposal.of(folder)).gates().get("tests").run())
        .isEqualTo("pnpm -r --if-present test");
  }

  @Test
  void yarnOneRunsThemOnlyWhereAllHaveTests(@TempDir Path folder) throws Exception {
    Path one = Files.createDirectories(folder.resolve("packages/one"));
    Path two = Files.createDirectories(folder.resolve("packages/two"));
    Files.createDirectories(folder.resolve("packages/no-package"));
    Files.writeString(folder.resolve("package.json"), "{\"workspaces\":[\"packages/*\"]}");
    Files.writeString(folder.resolve("yarn.lock"), "");
    Files.writeString(one.resolve("package.json"), "{\"scripts\":{\"test\":\"x\"}}");
    Files.writeString(two.resolve("package.json"), "{}");
    assertThat(HiveConfig.parse(FILE, ConfigProposal.of(folder)).gates())
        .doesNotContainKey("tests");

    Files.writeString(two.resolve("package.json"), "{\"scripts\":{\"test\":\"x\"}}");
    assertThat(HiveConfig.parse(FILE, ConfigProposal.of(folder)).gates().get("tests").run())
        .isEqualTo("yarn workspaces run test");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void testsThatCannotBeReadAreNoUnittest(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("setup.py"), "");
    Path tests = Files.createDirectories(folder.resolve("tests/closed")).getParent();
    Files.writeString(tests.resolve("test_a.py"), "import unittest\n");
    var closed = tests.resolve("closed");
    Files.setPosixFilePermissions(closed, Set.of());
    try {
      assumeThat(Files.isReadable(closed)).as("whoever may all reads it").isFalse();
      assertThat(HiveConfig.parse(FILE, ConfigProposal.of(folder)).gates().get("tests").run())
          .isEqualTo("python3 -m pytest -q");
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void packagesThatNothingInstallsAnewAreShared(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("package.json"), "{\"scripts\":{\"test\":\"x\"}}");
    Files.createDirectory(folder.resolve("node_modules"));
    assertThat(HiveConfig.parse(FILE, ConfigProposal.of(folder)).worktree().link()).isEmpty();

    Files.writeString(folder.resolve(".gitignore"), "/node_modules/\n");
    assertThat(HiveConfig.parse(FILE, ConfigProposal.of(folder)).worktree().link())
        .containsExactly("node_modules");
    Files.writeString(folder.resolve("package-lock.json"), "{}");
    assertThat(HiveConfig.parse(FILE, ConfigProposal.of(folder)).worktree().link()).isEmpty();
  }

  @Test
  void whatAFreshCheckoutLacksIsProposed(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve(".env"), "A=b");
    Files.writeString(folder.resolve(".gitmodules"), "");
    Files.writeString(folder.resolve(".gitattributes"), "*.bin filter=lfs\n");
    Files.writeString(folder.resolve("go.mod"), "");
    Files.writeString(folder.resolve("pom.xml"), "");

    var config = HiveConfig.parse(FILE, ConfigProposal.of(folder));

    assertThat(config.worktree().copy()).containsExactly(".env");
    assertThat(config.worktree().submodules()).isTrue();
    assertThat(config.worktree().lfs()).isTrue();
    assertThat(config.gates()).containsKeys("tests", "tests-go");
  }

  @Test
  void whatIsInstalledIsProposed(@TempDir Path folder) {
    var pi =
        new ConfigProposal.Program("pi", "command", "pi -p --mode json", "pi", List.of("A_KEY"));
    var gemini = new ConfigProposal.Program("Gemini CLI", "gemini", null, null, List.of());

    var command =
        HiveConfig.parse(FILE, ConfigProposal.of(folder, Optional.of(pi))).agents().get("builder");
    var own =
        HiveConfig.parse(FILE, ConfigProposal.of(folder, Optional.of(gemini)))
            .agents()
            .get("builder");

    assertThat(command.run()).isEqualTo("pi -p --mode json");
    assertThat(command.format()).isEqualTo("pi");
    assertThat(command.pass()).containsExactly("A_KEY");
    assertThat(own.driver()).isEqualTo(AgentDriver.GEMINI);
    assertThat(own.run()).isNull();
  }

  @Test
  void aFormatIsOfCommandAgentsOnly() {
    assertThat(refused("version: 1\nagents:\n  a: { driver: codex, format: pi }\n").getMessage())
        .contains("a format says what a command agent prints");
    assertThat(refused("version: 1\nagents:\n  a: { run: x, format: py }\n").getMessage())
        .contains("pi");
  }

  @Test
  void aProposalForAnythingIsValid(@TempDir Path folder) throws Exception {
    Path odd = Files.createDirectory(folder.resolve("a: [b] #ü"));
    assertThatCode(() -> HiveConfig.parse(FILE, ConfigProposal.of(odd))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"on, true", "off, false", "true, true", "false, false", "'\"off\"', false"})
  void aSwitchIsReadAsEditorsWriteIt(String word, boolean on) {
    String yaml = "mcp: %s\nworkspace: { push: %s, maintenance: %s }\n";
    var config = HiveConfig.parse(FILE, yaml.formatted(word, word, word));
    assertThat(config.mcp()).isEqualTo(on);
    assertThat(config.isolation().push()).isEqualTo(on);
    assertThat(config.git().maintenance()).isEqualTo(on);
  }

  @Test
  void aChainOfWhatIsNotThereOfItselfOrInACircleIsRefusedWithItsLine() {
    String yaml =
        """
        version: 1
        objectives:
          part: { indicator: { bad: a_total, total: b_total }, target: 99% }
          fine: { indicator: { all: [part] }, target: 99% }
          above: { indicator: { all: [fine, part] }, target: 99% }
          lost: { indicator: { all: [part, ghost] }, target: 99% }
          self: { indicator: { all: [self] }, target: 99% }
          one: { indicator: { all: [two] }, target: 99% }
          two: { indicator: { all: [part, three] }, target: 99% }
          three: { indicator: { all: [one] }, target: 99% }
        """;
    assertThat(refused(yaml).getMessage())
        .contains(
            "hive.yaml:6: there is no objective ghost",
            "hive.yaml:7: the chain self names itself",
            "hive.yaml:8: the chain one goes in a circle",
            "hive.yaml:9: the chain two goes in a circle",
            "hive.yaml:10: the chain three goes in a circle")
        .doesNotContain("hive.yaml:4:", "hive.yaml:5:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{run: x, measure: 'coverage.xml'}|\"coverage.xml\" is no report; write FORMAT:FILE",
        "{run: x, measure: 'clover:c.xml'}|\"clover:c.xml\" is no report; write FORMAT:FILE",
        "{run: x, measure: 'lcov:'}|\"lcov:\" is no report; write FORMAT:FILE",
        "{run: x, measure: 'lcov:../c.info'}|\"../c.info\" is no pattern of files",
        "{run: x, measure: 'lcov:/tmp/c.info'}|\"/tmp/c.info\" is no pattern of files",
        "{run: x, measure: 'lcov:[a'}|\"[a\" is no pattern of files",
        "{builtin: size, measure: 'lcov:c.info'}|gate g measures what no command made",
        "{run: x, min: 80}|min is for a gate with measure",
        "{run: x, measure: 'lcov:c.info', min: 101}|must be at most 100",
      })
  void aReportThatCannotBeIsRefused(String gate, String why) {
    assertThatThrownBy(() -> HiveConfig.parse(FILE, "gates: {g: " + gate + "}"))
        .hasMessageContaining("hive.yaml:1")
        .hasMessageContaining(why);
  }
}
