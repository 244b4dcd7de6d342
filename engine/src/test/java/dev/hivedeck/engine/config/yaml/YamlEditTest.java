package dev.hivedeck.engine.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Config.Change;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Values changed in files as people write them. */
class YamlEditTest {
  private static final String OURS =
      """
      # Ours.
      version: 1
      workspace: { name: shop, push: off }  # not yet

      agents:   # who works here
        # The first.
        core:
          run: |   # by the shell
            # not a comment
            ./core.sh

          role: 'Don''t panic'
          capabilities:
            - java     # the old part
            # and the new one
            - kotlin
          limits: { tokens: 400k, cost: 2 }
        # about core

        docs: { run: ./docs.sh, owns: [docs/**, "*.md"] }  # braces

      # What is checked.
      gates:
        unit: { run: make test, at: [attempt] }
      budgets:
      """;

  private static String edit(String text, String at, String json) {
    return YamlEdit.apply(
        "f.yaml",
        text,
        List.of(new Change(at, json == null ? null : Json.read(json, JsonNode.class))));
  }

  private static void edited(String at, String json, String... replacements) {
    String expected = OURS;
    for (int i = 0; i < replacements.length; i += 2) {
      assertThat(expected).contains(replacements[i]);
      expected = expected.replace(replacements[i], replacements[i + 1]);
    }
    assertThat(edit(OURS, at, json)).as(at).isEqualTo(expected);
    assertThat(edit(OURS.replace("\n", "\r\n"), at, json))
        .as(at + " with CRLF")
        .isEqualTo(expected.replace("\n", "\r\n"));
  }

  @Test
  void aValueChangesWhereItStandsAndNothingElse() {
    edited("/workspace/name", "\"store\"", "name: shop", "name: store");
    edited("/workspace/push", "true", "push: off", "push: on");
    edited("/agents/core/limits/tokens", "\"2M\"", "400k", "2M");
    edited("/agents/core/limits/cost", "2.5", "cost: 2 ", "cost: 2.5 ");
    edited("/agents/core/role", "\"It's fine\"", "'Don''t panic'", "'It''s fine'");
    edited("/agents/docs/run", "\"./d.sh: now\"", "./docs.sh", "\"./d.sh: now\"");
    edited("/agents/docs/owns", "[\"a b\",\"x,y\"]", "[docs/**, \"*.md\"]", "[a b, \"x,y\"]");
    edited("/gates/unit/at", "[\"merge\"]", "[attempt]", "[merge]");
    edited("/gates/unit/run", "\"yes\"", "make test", "\"yes\"");
    edited("/gates/unit/run", "\"20\"", "make test", "\"20\"");
    edited("/gates/unit/timeout", "\"20m\"", "[attempt] }", "[attempt], timeout: 20m }");
  }

  @Test
  void textsOfSeveralLinesAreWrittenAsSuch() {
    edited(
        "/agents/core/run",
        "\"./one\\n./two\\n\"",
        "|   # by the shell\n      # not a comment\n      ./core.sh\n",
        "|   # by the shell\n      ./one\n      ./two\n");
    edited(
        "/agents/core/run",
        "\"./one\"",
        "|   # by the shell\n      # not a comment\n      ./core.sh\n",
        "./one   # by the shell\n");
    edited(
        "/agents/core/role",
        "\"One\\ntwo\"",
        "role: 'Don''t panic'\n",
        "role: |-\n      One\n      two\n");
    edited("/gates/unit/run", "\"a\\nb\"", "make test", "\"a\\nb\"");
  }

  @Test
  void aKeyThatIsNewComesAfterTheOthersOfItsMapping() {
    edited("/agents/core/parallel", "3", "cost: 2 }\n", "cost: 2 }\n    parallel: 3\n");
    edited("/agents/docs/parallel", "3", "\"*.md\"] }", "\"*.md\"], parallel: 3 }");
    edited(
        "/agents/lint",
        "{\"driver\":\"codex\",\"role\":\"Mends: all\"}",
        "}  # braces\n",
        "}  # braces\n  lint: { driver: codex, role: \"Mends: all\" }\n");
    edited(
        "/agents/lint",
        "{\"driver\":\"codex\",\"role\":\"R\",\"model\":\"m\",\"owns\":[\"a\"]}",
        "}  # braces\n",
        "}  # braces\n  lint:\n    driver: codex\n    role: R\n    model: m\n    owns: [a]\n");
    edited("/budgets/day/cost", "20", "budgets:\n", "budgets:\n  day: { cost: 20 }\n");
    edited("/queue/parallel/gpu", "1", "budgets:\n", "budgets:\nqueue:\n  parallel: { gpu: 1 }\n");
    edited(
        "/prices",
        "{\"gpt-5.1\":{\"in\":1,\"out\":2}}",
        "budgets:\n",
        "budgets:\nprices:\n  gpt-5.1: { in: 1, out: 2 }\n");
  }

  @Test
  void listsKeepTheLinesOfWhatStays() {
    edited("/agents/core/capabilities", "[\"kotlin\"]", "      - java     # the old part\n", "");
    edited(
        "/agents/core/capabilities",
        "[\"java\",\"go\",\"kotlin\"]",
        "one\n      - kotlin",
        "one\n      - go\n      - kotlin");
    edited(
        "/agents/core/capabilities",
        "[\"java\",\"kotlin\",\"on\"]",
        "- kotlin\n",
        "- kotlin\n      - \"on\"\n");
  }

  @Test
  void whatIsTakenOutTakesItsOwnLinesOnly() {
    edited("/agents/core/limits/tokens", null, "tokens: 400k, ", "");
    edited("/agents/core/limits/cost", null, ", cost: 2", "");
    edited("/agents/core/limits", null, "    limits: { tokens: 400k, cost: 2 }\n", "");
    edited(
        "/agents/core/run",
        null,
        "    run: |   # by the shell\n      # not a comment\n      ./core.sh\n",
        "");
    edited(
        "/agents/docs",
        null,
        "  docs: { run: ./docs.sh, owns: [docs/**, \"*.md\"] }  # braces\n",
        "");
    edited(
        "/gates/unit", null, "gates:\n  unit: { run: make test, at: [attempt] }\n", "gates: {}\n");
    edited("/nothing/here", null);
    edited("/workspace", null, "workspace: { name: shop, push: off }  # not yet\n", "");
  }

  @Test
  void aMappingInThePlaceOfAnotherTouchesOnlyWhatDiffers() {
    edited(
        "/agents/docs",
        "{\"run\":\"./docs.sh\",\"owns\":[\"docs/**\"],\"model\":\"m\"}",
        ", owns: [docs/**, \"*.md\"] }",
        ", owns: [docs/**], model: m }");
    edited("/agents/core/limits", "{\"cost\":2}", "tokens: 400k, ", "");
    edited("/workspace", "{\"name\":\"shop\"}", ", push: off", "");
  }

  @Test
  void anEmptyFileIsBegun() {
    assertThat(edit("", "/agents/a/driver", "\"codex\""))
        .isEqualTo("agents:\n  a: { driver: codex }\n");
    assertThat(edit("# mine", "/mcp", "false")).isEqualTo("# mine\nmcp: false\n");
    assertThat(edit("a: {}\n", "/a/b", "1")).isEqualTo("a:\n  b: 1\n");
    assertThat(edit("{ a: {} }", "/a/b/c", "1")).isEqualTo("{ a: { b: { c: 1 } } }");
    assertThat(edit("a: ~ # none\n", "/a/b", "1")).isEqualTo("a: # none\n  b: 1\n");
    assertThat(edit("😀: {é: 1}  # ö\n", "/😀/é", "2")).isEqualTo("😀: {é: 2}  # ö\n");
  }

  @Test
  void whatCannotBeDoneIsRefusedWithItsPlace() {
    for (String at : List.of("", "a", "/", "/a//b")) {
      assertThat(catchThrowableOfType(HiveException.class, () -> edit(OURS, at, "1")).code())
          .isEqualTo("bad-place");
    }
    var deeper =
        catchThrowableOfType(HiveException.class, () -> edit(OURS, "/agents/core/role/what", "1"));
    assertThat(deeper.code()).isEqualTo("bad-place");
    assertThat(deeper.getMessage()).contains("role");
    String odd = "a:\n  b: |+\n    text\n\n\nc: 1\n";
    assertThat(edit(odd, "/a/d", "1")).isEqualTo("a:\n  b: |+\n    text\n\n\n  d: 1\nc: 1\n");
  }

  /** Whatever is in a file and whatever is wanted: either exactly that, or a refusal. */
  @Test
  void anythingIsChangedExactlyOrRefused() {
    long seed = Long.getLong("hivedeck.seed", 20261128);
    var random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < 200; round++) {
      String text = file(random, 0, "");
      var paths = new ArrayList<String>();
      paths(Json.tree(YamlText.read(text)), "", paths);
      String at =
          random.nextInt(4) == 0 || paths.isEmpty()
              ? "/n" + random.nextInt(3)
              : paths.get(random.nextInt(paths.size()));
      at += random.nextInt(4) == 0 ? "/k" + random.nextInt(3) : "";
      JsonNode value = random.nextInt(4) == 0 ? null : value(random, 2);
      String as = "seed " + seed + ", round " + round + ", " + at + " = " + value + " in\n" + text;
      try {
        String after = YamlEdit.apply("f", text, List.of(new Change(at, value)));
        var got = YamlText.read(after).at(at);
        if (value == null) {
          assertThat(got.isMissingNode()).as(as + "\nbecame\n" + after).isTrue();
          continue;
        }
        assertThat(got).as(as + "\nbecame\n" + after).isEqualTo(value);
        boolean whole = YamlText.read(text).at(at).isContainerNode();
        long comments = comments(text);
        assertThat(comments(after))
            .as(as + "\nbecame\n" + after)
            .matches(n -> whole || n >= comments);
      } catch (HiveException e) {
        assertThat(e.code()).as(as).isIn("bad-place", "config-unwritable");
        refused += e.code().equals("config-unwritable") ? 1 : 0;
      }
    }
    assertThat(refused).as("refused").isLessThan(6);
  }

  /** Lines that are nothing else; those within a text are indented deeper. */
  private static long comments(String text) {
    return text.lines().filter(l -> l.strip().equals("# note")).count();
  }

  private static void paths(JsonNode node, String at, List<String> paths) {
    node.properties()
        .forEach(
            e -> {
              paths.add(at + "/" + e.getKey());
              paths(e.getValue(), at + "/" + e.getKey(), paths);
            });
  }

  private static JsonNode value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> Json.tree(random.nextInt(100));
      case 1 -> Json.tree(random.nextBoolean());
      case 2 -> Json.tree(word(random));
      case 3 -> Json.tree(List.of(word(random), "b"));
      case 4 -> Json.object().set("x", value(random, depth - 1));
      default -> Json.object().put("x", word(random)).set("y", value(random, depth - 1));
    };
  }

  private static String word(Random random) {
    String letters = "ab -:#'\"{}[],&*!|>%@`~\\äß€😀.0/_$()\n\t";
    var word = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      int at = random.nextInt(letters.codePointCount(0, letters.length()));
      word.appendCodePoint(letters.codePointAt(letters.offsetByCodePoints(0, at)));
    }
    return word.toString();
  }

  private static String file(Random random, int depth, String in) {
    var text = new StringBuilder();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      if (random.nextBoolean()) {
        text.append(random.nextBoolean() ? in + "# note\n" : "\n");
      }
      text.append(in).append("k").append(i).append(":");
      switch (random.nextInt(depth < 3 ? 9 : 7)) {
        case 0 -> text.append(" plain words # why\n");
        case 1 -> text.append(" 'it''s'\n");
        case 2 -> text.append(" \"a\\nb\"  # 😀\n");
        case 3 ->
            text.append(" |\n").append(in).append("   # text\n").append(in).append("   more\n\n");
        case 4 -> text.append(" { k1: 1, k2: [a, b], k0: {} }\n");
        case 5 ->
            text.append("\n")
                .append(in)
                .append("  - a # first\n")
                .append(in)
                .append("  # then\n")
                .append(in)
                .append("  - b\n");
        case 6 -> text.append(random.nextBoolean() ? "\n" : " {} # none\n");
        default -> {
          String deeper = in + " ".repeat(random.nextInt(1, 4));
          text.append(random.nextBoolean() ? " # below\n" : "\n")
              .append(file(random, depth + 1, deeper));
        }
      }
    }
    return text.toString();
  }

  @Test
  void aNumberThatIsTooLargeIsRefusedWhereItStandsAndNeverWritten() {
    assertThatThrownBy(() -> edit("b: 1\na: 1.0e+400\n", "/b", "2"))
        .hasMessageContaining("f.yaml:2: \"1.0e+400\"");
    var refused = catchThrowableOfType(HiveException.class, () -> edit("b: 1\n", "/b", "1e400"));
    assertThat(refused.code()).isEqualTo("config-unwritable");
  }
}
