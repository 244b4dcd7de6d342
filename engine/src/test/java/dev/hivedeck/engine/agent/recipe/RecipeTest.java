package dev.hivedeck.engine.agent.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A recipe that is wrong says where and what to do; the schema that editors use agrees. */
class RecipeTest {
  private static final String WHOLE =
      """
      pace: 1.5s
      tasks:
        T-1:
          - say: "1"
          - plan: 3 steps
          - read: a.py
          - wait: 4s
          - write: { file: a/b.py, text: x }
          - append: { file: a/b.py, text: x }
          - edit: { file: a/b.py, replace: x, with: "" }
            takes: 2s
          - delete: old.txt
          - run: { command: "true" }
          - run: "true"
          - usage: { in: 1200, out: 300, cost: 0.02 }
          - stage: 50
          - ask: { kind: k, question: q, options: [a, b], detail: d, fallback: a }
          - when: { answer: a, steps: [ { hang: { turns: 1 } } ] }
          - fail: { turns: 1, exit: 1, text: x }
          - crash:
          - hang:
        T-9: { turns: [ [ { say: one } ], [ { say: two } ] ] }
      default: [ { say: hello } ]
      """;

  @TempDir Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("recipe.yaml"), text);
  }

  private static List<Error> judge(String yaml) throws Exception {
    try (InputStream schema =
        RecipeTest.class.getResourceAsStream("/hivedeck/schema/recipe.schema.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(schema)
          .validate(new YAMLMapper().readTree(yaml).toString(), InputFormat.JSON);
    }
  }

  @Test
  void aRecipeWithEverythingInItIsRead() throws Exception {
    var recipe = Recipe.read(file(WHOLE));
    assertThat(recipe.pace()).isEqualTo(Duration.ofMillis(1_500));
    assertThat(recipe.steps("T-1", 1)).hasSize(17);
    assertThat(recipe.steps("T-1", 5)).hasSize(17);
    assertThat(recipe.steps("T-9", 1)).isNotEqualTo(recipe.steps("T-9", 2));
    assertThat(recipe.steps("T-9", 2)).isEqualTo(recipe.steps("T-9", 3));
    assertThat(recipe.steps("T-77", 1)).hasSize(1);
    assertThat(judge(WHOLE)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pase: 1s\\ndefault: [] | 1 | no pase: | pace, tasks, default",
        "default:\\n  - sing: la | 2 | no step sing: | append, ask",
        "default:\\n  - say: a\\n    write: {file: f, text: x} | 2 | one thing | own list item",
        "default:\\n  - wait: soon | 2 | \"soon\" is no time | 500ms",
        "default:\\n  - say: a\\n  - write: {file: f} | 3 | text: is missing | text:",
        "default:\\n  - write: {file: f, text: x, mode: 7} | 2 | no mode: | file, text",
        "default:\\n  - write: {file: ../f, text: x} | 2 | not in the worktree | relative",
        "default:\\n  - write: {file: /f, text: x} | 2 | not in the worktree | relative",
        "default:\\n  - delete: .git/config | 2 | not in the worktree | relative",
        "default:\\n  - edit: {file: f, replace: '', with: x} | 2 | replace: is empty | text",
        "default:\\n  - usage: {in: -1} | 2 | below zero | 0",
        "default:\\n  - usage: {in: many} | 2 | no number | digits",
        "default:\\n  - stage: 101 | 2 | percentage | 25",
        "default:\\n  - fail: {exit: 0} | 2 | no failure | 255",
        "default:\\n  - fail: {turns: 0} | 2 | from 1 | Omit",
        "default:\\n  - when: {answer: a, steps:\\n     [{boo: 1}]} | 3 | no step boo: | Steps",
        "default: no | 1 | belongs a list | -",
        "tasks: [] | 1 | belongs a mapping | name",
        "tasks:\\n  T-1: {turns: []} | 2 | no turn | list",
      })
  void aFaultNamesItsLineAndRemedy(String yaml, int line, String what, String remedy)
      throws Exception {
    String text = yaml.replace("\\n", "\n");
    Path file = file(text);
    assertThatThrownBy(() -> Recipe.read(file))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("recipe-invalid");
              assertThat(e.getMessage()).startsWith(file + ":" + line + ": ").contains(what);
              assertThat(e.hint()).contains(remedy);
            });
    assertThat(judge(text)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "default: [ | not YAML",
        "default:\\n\\t- say: a | not YAML",
        "`` | is empty",
        "default: []\\ndefault: [] | twice",
        "default:\\n  - ask: {question: q, options: [a], fallback: b} | not among",
        "default: [ { say: !!binary bHM= } ] | the tag !!binary",
        "default: !!set { say } | the tag !!set",
        "default: &a [ { when: { answer: x, steps: *a } } ] | recipe.yaml",
      })
  void whatNoSchemaCanSayIsSaid(String yaml, String what) throws Exception {
    Path file = file(yaml.replace("\\n", "\n").replace("\\t", "\t"));
    assertThatThrownBy(() -> Recipe.read(file))
        .isInstanceOfSatisfying(
            HiveException.class,
            e -> {
              assertThat(e.code()).isEqualTo("recipe-invalid");
              assertThat(e.getMessage()).contains(what).doesNotContain("Exception");
            });
  }

  @Test
  void aMissingFileSaysWhere() {
    assertThatThrownBy(() -> Recipe.read(folder.resolve("none.yaml")))
        .isInstanceOf(HiveException.class)
        .hasMessageContaining("none.yaml");
  }
}
