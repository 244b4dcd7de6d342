package dev.hivedeck.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.protocol.HiveException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanDocumentTest {
  private static final PlanDocument.Known KNOWN =
      new PlanDocument.Known(
          Map.of("core-api", List.of("python", "api"), "docs", List.of("writing")),
          Map.of(),
          Set.of());

  private static final String YAML =
      """
      plan: Checkout v2
      requirements:
        - id: R-1
          title: Orders are idempotent
          priority: high
          acceptance:
            - The same Idempotency-Key returns the same order
            - Another body with the same key is refused with 409
      tasks:
        - id: T-1
          title: "Idempotency key: on POST /orders"
          requirements: [R-1]
          agent: core-api
          priority: 2
          kind: bug-fix
          prompt: |
            Keep the key.

            - Not this one
          produces: [services/api/idempotency.py]
        - id: T-2
          title: Tell people
          capabilities: [writing]
          needs: [T-1]
      """;

  private static final String MARKDOWN =
      """
      # Plan: Checkout v2

      Some words before.

      ## R-1: Orders are idempotent
      - priority: high
      - [ ] The same Idempotency-Key returns the same order
      - [x] Another body with the same key
        is refused with 409

      ## T-1: Idempotency key: on POST /orders
      - **Requirements:** R-1
      - agent: core-api
      - priority: 2
      - kind: bug-fix
      - produces: `services/api/idempotency.py`

      Keep the key.

      - Not this one

      ## T-2 – Tell people
      * capabilities: [writing]
      * needs: T-1
      """;

  private static HiveException refused(String name, String text) {
    return refused(name, text, KNOWN);
  }

  private static HiveException refused(String name, String text, PlanDocument.Known known) {
    var e =
        catchThrowableOfType(
            HiveException.class, () -> PlanDocument.parse(name, text).check(name, known));
    assertThat(e).as("was accepted:%n%s", text).isNotNull();
    assertThat(e.hint()).contains("othing was imported");
    return e;
  }

  @Test
  void yamlAndMarkdownSayTheSame() {
    var yaml = PlanDocument.parse("plan.yaml", YAML);
    var markdown = PlanDocument.parse("PLAN.md", MARKDOWN);

    yaml.check("plan.yaml", KNOWN);
    markdown.check("PLAN.md", KNOWN);
    assertThat(yaml.title()).isEqualTo("Checkout v2");
    assertThat(yaml.tasks()).hasSize(2);
    assertThat(yaml.tasks().getFirst().prompt()).contains("Keep the key.", "- Not this one");
    assertThat(yaml.lines()).containsEntry("R-1", 3).containsEntry("T-2", 21);
    assertThat(markdown.title()).isEqualTo(yaml.title());
    assertThat(markdown.requirements()).isEqualTo(yaml.requirements());
    assertThat(markdown.tasks().getLast()).isEqualTo(yaml.tasks().getLast());
    assertThat(markdown.tasks().getFirst())
        .usingRecursiveComparison()
        .ignoringFields("prompt")
        .isEqualTo(yaml.tasks().getFirst());
    assertThat(markdown.tasks().getFirst().prompt())
        .isEqualTo(yaml.tasks().getFirst().prompt().strip());
  }

  @Test
  void whatIsExportedReadsBackTheSame() {
    var plan = PlanDocument.parse("plan.yaml", YAML);
    var again = PlanDocument.parse("again.yaml", plan.toYaml());
    assertThat(again.requirements()).isEqualTo(plan.requirements());
    assertThat(again.tasks()).isEqualTo(plan.tasks());
  }

  @Test
  void anyTextReadsBackTheSame() {
    long seed = System.nanoTime();
    var chance = new Random(seed);
    String odd = "a:# -'\"\\{}[]|>&*!%@`\t\n ,?~é漢😀0123yesno";
    int[] letters = odd.codePoints().toArray();
    for (int n = 0; n < 300; n++) {
      var text = new StringBuilder("x");
      for (int i = chance.nextInt(40); i > 0; i--) {
        text.appendCodePoint(letters[chance.nextInt(letters.length)]);
      }
      for (String word : List.of(text.toString(), text.substring(1) + "x", "0123", "yes", "1e3")) {
        var task =
            new TaskSpec(
                "T-1",
                word,
                List.of(),
                null,
                List.of(word),
                List.of(),
                5,
                word,
                word,
                List.of(word));
        var requirement = new RequirementSpec("1", word, "low", List.of(word));
        String yaml = new PlanDocument(word, List.of(requirement), List.of(task)).toYaml();
        var again = PlanDocument.parse("p.yaml", yaml);
        assertThat(again.tasks()).as("seed %d%n%s", seed, yaml).containsExactly(task);
        assertThat(again.requirements()).as("seed %d%n%s", seed, yaml).containsExactly(requirement);
        assertThat(again.title()).as("seed %d%n%s", seed, yaml).isEqualTo(word);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          tasks: [{ id: T-1, title: A, needs: [T-2] }]                        | T-1 needs T-2, which is no task (did you mean T-1?)
          tasks: [{ id: T-1, title: A, requirements: [R-1] }]                 | T-1 serves R-1, which is no requirement
          tasks: [{ id: T-1, title: A, agent: core-ap }]                      | agent core-ap, which is not in .hivedeck/hive.yaml (did you mean core-api?)
          tasks: [{ id: T-1, title: A, capabilities: [cobol] }]               | T-1 finds no agent with cobol
          tasks: [{ id: T-1, title: A }, { id: T-1, title: B }]               | the id T-1 is there twice, first on line 1
          tasks: [{ id: T-1, title: A, priority: 10 }]                        | tasks › 0 › priority
          tasks: [{ id: T-1, title: A, priority: high }]                      | tasks › 0 › priority
          tasks: [{ id: T-1, title: A, need: [T-2] }]                         | unknown key "need" in tasks › 0 (did you mean needs?)
          tasks: [{ id: T-1 }]                                                | "title" is missing in tasks › 0
          tasks: [{ id: a b, title: A }]                                      | tasks › 0 › id
          tasks: [{ id: R-1, title: A }, ]                                    | ok
          tasks: [{ id: T-1, title: A, needs: [T-1] }]                        | T-1 → T-1
          requirements: [{ id: R-1, title: A, priority: highest }]            | it must be critical, high, medium, low
          tasks: []                                                           | no tasks and no requirements
          project: { name: Countdown }                                        | it has project but no tasks and no requirements
          [1, 2]                                                              | this is no plan
          """)
  void mistakesInYamlAreNamed(String yaml, String words) {
    if (words.equals("ok")) {
      PlanDocument.parse("plan.yaml", yaml).check("plan.yaml", KNOWN);
      return;
    }
    var e = refused("plan.yaml", yaml);
    assertThat(e.getMessage()).startsWith("plan.yaml:1: ").contains(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "just words", "# A title\n\nand prose"})
  void emptyPlansAreRefused(String text) {
    assertThat(refused("plan.yaml", text).code()).isEqualTo("plan-invalid");
    assertThat(refused("plan.md", text).getMessage()).contains("no heading like");
  }

  @Test
  void bytesInAPlanAreRefusedWithTheirLine() {
    String text = "tasks:\n- { id: T-1, title: !!binary bHM= }\n";
    var e = catchThrowableOfType(HiveException.class, () -> PlanDocument.parse("plan.yaml", text));
    assertThat(e.code()).isEqualTo("plan-invalid");
    assertThat(e.getMessage()).startsWith("plan.yaml:2: the tag !!binary");
  }

  @Test
  void mistakesInMarkdownAreNamedAllAtOnce() {
    var e =
        refused(
            "plan.md",
            """
            # Plan
            ## R-1: One
            - priority: urgent
            ## T-1: Two
            - agnet: core-api
            - priority: 0
            ## T-1: Three
            """);
    assertThat(e.getMessage())
        .contains(
            "plan.md:5: T-1 has no field agnet (did you mean agent?)",
            "plan.md:2: the priority of R-1 is urgent",
            "plan.md:4: the priority of T-1 is 0",
            "plan.md:7: the id T-1 is there twice, first on line 4");

    assertThat(refused("plan.md", "# P\n\n## T-1: A\n- needs: T-9\n").getMessage())
        .startsWith("plan.md:3: T-1 needs T-9, which is no task");
  }

  @Test
  void codeAndSubheadingsBelongToThePrompt() {
    var plan =
        PlanDocument.parse(
            "plan.md",
            """
            # P
            ## Tasks
            ### req-1: Not by its name
            #### Details
            ~~~
            # T-9: no heading
            - agent: nobody
            ~~~
            ## Notes
            Nothing of this counts.
            """);
    assertThat(plan.tasks()).hasSize(1);
    assertThat(plan.tasks().getFirst().agent()).isNull();
    assertThat(plan.tasks().getFirst().prompt())
        .startsWith("#### Details")
        .contains("# T-9: no heading", "- agent: nobody")
        .doesNotContain("Nothing of this");
  }

  @Test
  void aCircleIsShown() {
    var e =
        refused(
            "plan.yaml",
            """
            tasks:
              - { id: T-0, title: A, needs: [T-1] }
              - { id: T-1, title: A, needs: [T-2] }
              - { id: T-2, title: A, needs: [T-3] }
              - { id: T-3, title: A, needs: [T-1] }
            """);
    assertThat(e.code()).isEqualTo("plan-cycle");
    assertThat(e.getMessage())
        .isEqualTo("plan.yaml:3: tasks need each other in a circle: T-1 → T-2 → T-3 → T-1");
  }

  @Test
  void aCircleThroughTasksThatAreThereIsSeen() {
    var known = new PlanDocument.Known(KNOWN.agents(), Map.of("T-1", List.of("T-2")), Set.of());
    var e = refused("more.yaml", "tasks: [{ id: T-2, title: A, needs: [T-1] }]", known);
    assertThat(e.getMessage()).endsWith("T-2 → T-1 → T-2");
  }

  /** Any graph: with an order it is taken, with one edge against the order it is refused. */
  @Test
  void circlesAreFoundExactlyWhereTheyAre() {
    long seed = System.nanoTime();
    var chance = new Random(seed);
    for (int round = 0; round < 300; round++) {
      int size = 2 + chance.nextInt(30);
      var order = new ArrayList<Integer>();
      for (int i = 0; i < size; i++) {
        order.add(i);
      }
      Collections.shuffle(order, chance);
      var needs = new HashMap<String, List<String>>();
      for (int i = 0; i < size; i++) {
        var list = new ArrayList<String>();
        for (int k = chance.nextInt(4); k > 0 && i > 0; k--) {
          list.add("T-" + order.get(chance.nextInt(i)));
        }
        needs.put("T-" + order.get(i), list);
      }
      assertThat(new PlanGraph(needs).cycle()).as("seed %d", seed).isEmpty();

      String last = "T-" + order.get(size - 1);
      String first = "T-" + order.get(0);
      needs.get(last).add(first);
      needs.get(first).add(last);
      var cycle = new PlanGraph(needs).cycle();
      assertThat(cycle).as("seed %d", seed).hasSizeGreaterThan(1);
      assertThat(cycle.getFirst()).isEqualTo(cycle.getLast());
      for (int i = 1; i < cycle.size(); i++) {
        assertThat(needs.get(cycle.get(i - 1))).as("seed %d", seed).contains(cycle.get(i));
      }
    }
  }

  @Test
  @Timeout(120)
  void aHundredThousandTasksInAChainAreTaken() {
    var yaml = new StringBuilder("plan: Huge\ntasks:\n");
    var markdown = new StringBuilder("# Huge\n");
    for (int i = 1; i <= 100_000; i++) {
      yaml.append("  - id: T-%d%n    title: Task %d%n    agent: core-api%n".formatted(i, i));
      markdown.append("## T-%d: Task %d%n- agent: core-api%n".formatted(i, i));
      if (i > 1) {
        yaml.append("    needs: [T-").append(i - 1).append("]\n");
        markdown.append("- needs: T-").append(i - 1).append('\n');
      }
    }
    for (String name : List.of("huge.yaml", "huge.md")) {
      long from = System.nanoTime();
      var plan = PlanDocument.parse(name, (name.endsWith("md") ? markdown : yaml).toString());
      plan.check(name, KNOWN);
      System.out.println(name + " " + Duration.ofNanos(System.nanoTime() - from).toMillis());
      assertThat(plan.tasks()).hasSize(100_000);
    }
  }

  /** A plan is part of a document that has other headings and text. */
  @Test
  void onlyWhatIsMeantIsATaskAndNothingIsDroppedSilently() {
    String text =
        """
        # The plan

        Why we do this.

        ## UTF-8: how we encode
        Everything is UTF-8.

        ## R-1: It works
        Some prose.
        - [ ] All of it

        ## T-1: Do it

        ### RFC-2119: words
        MUST is meant so.

        ## SHOP-7: Ours
        - agent: core-api

        # Tasks

        ## BUG-3: Mend it

        # Notes

        ## ISO-8601: times
        Read it.
        """;
    var plan = PlanDocument.parse("plan.md", text);
    assertThat(plan.tasks()).extracting(TaskSpec::id).containsExactly("T-1", "SHOP-7", "BUG-3");
    assertThat(plan.tasks().getFirst().prompt()).contains("RFC-2119: words", "MUST is meant so.");
    assertThat(plan.leftOut())
        .containsExactly(
            "plan.md:3: this text is in no requirement and no task",
            "plan.md:5: \"UTF-8: how we encode\" is no requirement and no task",
            "plan.md:9: this text is in no list of criteria of R-1",
            "plan.md:24: \"Notes\" is no requirement and no task",
            "plan.md:26: \"ISO-8601: times\" is no requirement and no task");
  }
}
