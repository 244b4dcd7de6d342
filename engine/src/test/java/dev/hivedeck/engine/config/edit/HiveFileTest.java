package dev.hivedeck.engine.config.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.config.edit.HiveFile.Lines;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Agents written into files as people write them. */
class HiveFileTest {
  private static final AgentEntry LINT =
      AgentEntry.named("lint")
          .with("role", "Fixes: what \"lint\" finds")
          .with("run", "./agents/lint it.sh")
          .with("model", (String) null)
          .with("pass", List.of("A_KEY", "no"))
          .with("owns", List.of())
          .with("source", "agents/lint it.sh")
          .build();

  private static final String WRITTEN =
      """
        lint:
          role: "Fixes: what \\"lint\\" finds"
          run: ./agents/lint it.sh
          pass: [A_KEY, "no"]
          source: agents/lint it.sh
      """;

  @TempDir Path root;

  private Path file() {
    return root.resolve(HiveConfig.FILE);
  }

  private void given(String text) throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), text);
  }

  private String text() throws IOException {
    return Files.readString(file());
  }

  private Lines add(AgentEntry... agents) {
    return new HiveFile(root).add(List.of(agents));
  }

  private void onlyTheFileIsThere() throws IOException {
    try (var files = Files.list(file().getParent())) {
      assertThat(files.toList()).containsExactly(file());
    }
  }

  @Test
  void aFileIsMadeWhereThereIsNone() throws IOException {
    assertThat(add(LINT)).isEqualTo(new Lines(4, 8));
    assertThat(text()).isEqualTo("version: 1\n\nagents:\n" + WRITTEN);
    var agent = HiveConfig.load(root).agents().get("lint");
    assertThat(agent.role()).isEqualTo("Fixes: what \"lint\" finds");
    assertThat(agent.pass()).containsExactly("A_KEY", "no");
    assertThat(agent.source()).isEqualTo("agents/lint it.sh");
    onlyTheFileIsThere();
  }

  @Test
  void agentsComeBelowTheLastAndEveryCommentStays() throws IOException {
    String before =
        """
        # Ours.
        version: 1
        agents:   # who works here

          # The first.
          core:
            run: |
              # not a comment
              ./core.sh
            # about core

          docs: { run: ./docs.sh }  # braces
          # soon:
          #   run: ./soon.sh

        # What is checked.
        gates:
          unit: { run: make test }
        """;
    String after = before.replace("./soon.sh\n", "./soon.sh\n" + WRITTEN);
    given(before);
    assertThat(add(LINT)).isEqualTo(new Lines(15, 19));
    assertThat(text()).isEqualTo(after);
    assertThat(new HiveFile(root).remove(Set.of("lint", "nobody"))).isEqualTo(new Lines(15, 19));
    assertThat(text()).isEqualTo(before);
  }

  /** Where a line more would change what another says, nothing is written. */
  @Test
  void whatWouldChangeAnotherAgentIsNotWritten() throws IOException {
    String before =
        """
        version: 1
        agents:
          core:
            run: x
            role: |+
              Fixes what is broken.


        gates: {}
        """;
    given(before);
    var refusal = catchThrowableOfType(HiveException.class, () -> add(LINT));
    assertThat(refusal.code()).isEqualTo("config-unwritable");
    assertThat(refusal.hint()).contains("lint");
    assertThat(text()).isEqualTo(before);
    onlyTheFileIsThere();
  }

  @Test
  void sectionsWithoutAgentsAreFilled() throws IOException {
    for (String empty : List.of("agents: {}", "agents: { }  # none yet", "agents: {}  ")) {
      given("version: 1\n" + empty + "\ngates: {}\n");
      add(LINT);
      assertThat(text())
          .isEqualTo(
              "version: 1\nagents:"
                  + (empty.contains("#") ? "  # none yet" : "")
                  + "\n"
                  + WRITTEN
                  + "gates: {}\n");
    }
  }

  @Test
  void theLastAgentTakenOutLeavesAValidFile() throws IOException {
    given("version: 1\nagents:\n" + WRITTEN + "gates: {}\n");
    new HiveFile(root).remove(Set.of("lint"));
    assertThat(text()).isEqualTo("version: 1\nagents: {}\ngates: {}\n");
    add(LINT);
    assertThat(text()).isEqualTo("version: 1\nagents:\n" + WRITTEN + "gates: {}\n");
  }

  @Test
  void lineEndsAndIndentationAreKept() throws IOException {
    given("version: 1\r\nagents:\r\n    a:\r\n        run: x\r\n\r\n# end");
    add(AgentEntry.named("b").with("run", "./y").build());
    assertThat(text())
        .isEqualTo(
            "version: 1\r\n"
                + "agents:\r\n"
                + "    a:\r\n"
                + "        run: x\r\n"
                + "    b:\r\n"
                + "      run: ./y\r\n\r\n"
                + "# end\r\n");
  }

  @Test
  void whatCannotBeWrittenSafelyIsRefusedWithItsLine() throws IOException {
    for (String text :
        List.of(
            "version: 1\nagents: { a: { run: x } }\n",
            "{ version: 1 }\n",
            "version: 1\nagents:\n  {}\n",
            "version: 1\n\"agents\": {}\n")) {
      given(text);
      var e = catchThrowableOfType(HiveException.class, () -> add(LINT));
      assertThat(e).as(text).isNotNull();
      assertThat(e.code()).isEqualTo("config-unwritable");
      assertThat(e.getMessage()).containsPattern("hive.yaml:[12]:");
      assertThat(text()).isEqualTo(text);
      onlyTheFileIsThere();
    }
  }

  @Test
  void aFileThatIsWrongAlreadyIsToldAndLeftAlone() throws IOException {
    given("version: 1\nagents:\n  a: { rum: x }\n");
    var e = catchThrowableOfType(HiveException.class, () -> add(LINT));
    assertThat(e.code()).isEqualTo("config-invalid");
    assertThat(e.getMessage()).contains("hive.yaml:3");
    assertThat(text()).contains("rum");
  }

  @Test
  void oneThatOthersFallBackToStays() throws IOException {
    given("version: 1\nagents:\n" + WRITTEN + "  b: { run: x, fallback: [lint] }\n");
    String before = text();
    var e =
        catchThrowableOfType(HiveException.class, () -> new HiveFile(root).remove(Set.of("lint")));
    assertThat(e.getMessage()).contains("b falls back to lint");
    assertThat(text()).isEqualTo(before);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void rightsAndLinksAreKept() throws IOException {
    Path shared = Files.writeString(root.resolve("shared.yaml"), "version: 1\n");
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-r-----"));
    Files.createDirectories(file().getParent());
    Files.createSymbolicLink(file(), shared);
    add(LINT);
    assertThat(Files.isSymbolicLink(file())).isTrue();
    assertThat(Files.readString(shared)).contains("lint:");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)))
        .isEqualTo("rw-r-----");
  }

  /** Whatever a file looks like: what is added is there, and taken out leaves it as it was. */
  @Test
  void addedAndTakenOutAgainIsAsBefore() throws IOException {
    long seed = Long.getLong("hivedeck.seed", 20261121);
    var random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      String as = "seed " + seed + ", round " + round;
      String before = file(random);
      given(before);
      var was = HiveConfig.load(root);
      var entries = new ArrayList<AgentEntry>();
      var names = new HashSet<String>();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        names.add("new" + i);
        entries.add(
            AgentEntry.named("new" + i)
                .with("role", word(random))
                .with("run", word(random) + "x")
                .with("capabilities", List.of(word(random) + "y", "z"))
                .with("source", word(random) + "s")
                .build());
      }
      var lines = new HiveFile(root).add(entries);
      String after = text();
      var config = HiveConfig.load(root);
      for (var entry : entries) {
        var agent = config.agents().get(entry.name());
        assertThat(agent.run()).as(as).isEqualTo(entry.values().get("run"));
        assertThat(agent.capabilities()).as(as).isEqualTo(entry.values().get("capabilities"));
        assertThat(agent.source()).as(as).isEqualTo(entry.values().get("source"));
      }
      assertThat(after.lines().skip(lines.from() - 1).findFirst().orElseThrow().strip())
          .as(as)
          .isEqualTo(entries.getFirst().name() + ":");
      var kept = after.lines().toList();
      var rest = new ArrayList<>(kept.subList(0, lines.from() - 1));
      rest.addAll(kept.subList(lines.to(), kept.size()));
      assertThat(rest).as(as).containsAll(before.lines().filter(l -> l.contains("#")).toList());
      new HiveFile(root).remove(names);
      assertThat(HiveConfig.load(root)).as(as).isEqualTo(was);
      if (!was.agents().isEmpty()) {
        assertThat(text()).as(as).isEqualTo(before);
      }
    }
  }

  private static String word(Random random) {
    String letters = "ab -:#'\"{}[],&*!|>%@`~\\äß€😀.0/_$()";
    var word = new StringBuilder("r");
    for (int i = random.nextInt(12); i > 0; i--) {
      int at = random.nextInt(letters.codePointCount(0, letters.length()));
      word.appendCodePoint(letters.codePointAt(letters.offsetByCodePoints(0, at)));
    }
    return word.toString();
  }

  private static String file(Random random) {
    var lines = new ArrayList<String>();
    lines.add("version: 1");
    var sections = new ArrayList<>(Arrays.asList("agents", "gates", "decisions"));
    java.util.Collections.shuffle(sections, random);
    for (String section : sections.subList(0, random.nextInt(4))) {
      noise(lines, random, "");
      switch (section) {
        case "agents" -> {
          int n = random.nextInt(4);
          lines.add(n == 0 ? "agents: {}" : "agents: # who");
          String in = " ".repeat(random.nextInt(1, 5));
          for (int i = 0; i < n; i++) {
            noise(lines, random, in);
            switch (random.nextInt(3)) {
              case 0 -> lines.add(in + "a" + i + ": { run: x } # one");
              case 1 -> {
                lines.add(in + "a" + i + ":");
                lines.add(in + "  run: >-");
                lines.add(in + "     x # in the text");
                lines.add("");
                lines.add(in + "     y");
              }
              default -> {
                lines.add(in + "a" + i + ":");
                lines.add(in + "   run: x");
                noise(lines, random, in + "   ");
              }
            }
          }
        }
        case "gates" -> lines.addAll(List.of("gates:", "  u: { run: x }"));
        default -> lines.addAll(List.of("decisions:", "  default:", "    human: none"));
      }
    }
    noise(lines, random, "");
    return String.join("\n", lines) + "\n";
  }

  private static void noise(List<String> lines, Random random, String indent) {
    for (int i = random.nextInt(3); i > 0; i--) {
      lines.add(random.nextBoolean() ? indent + "# note " + lines.size() : "");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLinkWhereItIsWrittenFirstLeadsNowhere() throws IOException {
    given("version: 1\n");
    Path precious = Files.writeString(root.resolve("precious"), "keep\n");
    Files.createSymbolicLink(file().resolveSibling("hive.yaml.new"), precious);
    new HiveFile(root).add(List.of(LINT));
    assertThat(precious).hasContent("keep\n");
    assertThat(file()).isRegularFile().content().contains("lint:");
  }
}
