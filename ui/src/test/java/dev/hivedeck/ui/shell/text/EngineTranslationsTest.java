package dev.hivedeck.ui.shell.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hivedeck.engine.change.ChangeStateMachine;
import dev.hivedeck.engine.change.health.RiskText;
import dev.hivedeck.engine.config.HiveConfig;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.git.repository.RepositoryPlaces;
import dev.hivedeck.engine.plan.PlanDocument;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.ChangeViews.Risk;
import dev.hivedeck.engine.protocol.view.ChangeViews.RiskKind;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTranslationsTest {
  private static final Path LINES =
      Path.of("../resources/src/main/resources/hivedeck/i18n/engine_de.txt");
  private static final Pattern PLACE = Pattern.compile("\\{([#=:;,]?)(\\d)}");

  /** Words that no German sentence of the engine has. */
  private static final Pattern ENGLISH =
      Pattern.compile("\\b(the|of|is|are|there|not|cannot|with|it|has|and|no|to|or|by|be)\\b");

  private static final EngineTranslations GERMAN = new EngineTranslations(Locale.GERMAN);

  private record Line(String english, String german, boolean part) {
    static Line of(String line) {
      boolean part = line.startsWith("~ ");
      var halves = line.substring(part ? 2 : 0).split(" = ", 2);
      return new Line(halves[0], halves[1], part);
    }

    String sample() {
      return PLACE
          .matcher(english)
          .replaceAll(p -> p.group(1).equals("#") ? "1,00" + p.group(2) : "Qx" + p.group(2));
    }

    String wanted() {
      return PLACE
          .matcher(german)
          .replaceAll(p -> p.group(1).equals("#") ? "1.00" + p.group(2) : "Qx" + p.group(2));
    }
  }

  private static List<Line> lines() throws IOException {
    return Files.readAllLines(LINES).stream()
        .filter(l -> !l.isBlank() && !l.startsWith("# "))
        .map(Line::of)
        .toList();
  }

  private static TreeSet<String> places(String text, String kind) {
    return PLACE
        .matcher(text)
        .results()
        .filter(p -> p.group(1).equals("#") == kind.equals("#"))
        .map(p -> p.group(2))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void eachLineIsFoundByItsOwnEnglishAndTellsAllThatDiffers() throws IOException {
    var lines = lines();
    assertThat(lines).hasSizeGreaterThan(1_000);
    for (var line : lines) {
      assertThat(line.part() ? GERMAN.within(line.sample()) : GERMAN.of(line.sample()))
          .as(line.english())
          .isEqualTo(line.wanted());
      for (var kind : List.of("#", "")) {
        assertThat(places(line.german(), kind))
            .as("%s = %s", line.english(), line.german())
            .isEqualTo(places(line.english(), kind));
      }
      assertThat(PLACE.matcher(line.english() + line.german()).replaceAll(""))
          .as(line.english())
          .doesNotContainPattern("\\{\\W?\\d");
    }
  }

  @Test
  void eachLineIsThereOnce() throws IOException {
    assertThat(lines()).extracting(Line::english).doesNotHaveDuplicates();
  }

  @Test
  void germanSpeaksToYouInOneWay() throws IOException {
    var formal = Pattern.compile("\\b(Ihnen|Ihren|Ihrem|Ihres|Sie haben|Sie können)\\b");
    var other =
        Pattern.compile(
            "Arbeitsbereich|Zweig|Durchsicht|Güte|freigegeben|gescheitert|Lehre|Kontrollpunkt");
    assertThat(lines())
        .extracting(Line::german)
        .noneMatch(g -> formal.matcher(g).find() || other.matcher(g).find());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      quoteCharacter = '`',
      value = {
        "T-3 started by codex (chosen: 83% of 12 recent attempts at java verified, 40 s, owns the"
            + " paths) = T-3 begonnen von codex (gewählt: 83 % von 12 letzten Versuchen an java"
            + " verifiziert, 40 s, ihm gehören die Pfade)",
        "T-1.2 by codex failed (exit): It ended with exit 3: no such file"
            + " = T-1.2 von codex fehlgeschlagen (exit): Endete mit Exit-Code 3: no such file",
        "T-1 is a dead letter after 1 try: For 10 min it printed nothing and no file changed: it"
            + " was stuck. = T-1 ist nach 1 Versuch aufgegeben: 10 min lang gab er nichts aus und"
            + " keine Datei änderte sich: er steckte fest.",
        "T-1 is a dead letter after 3 tries: tests: exit 1: 2 failed"
            + " = T-1 ist nach 3 Versuchen aufgegeben: tests: Exit-Code 1: 2 failed",
        "20,000 lines, at most 1,500 pass = 20.000 Zeilen, höchstens 1.500 gehen durch",
        "Merges wait: main is being rebased in /w/r; a merge would make that fail. End that there:"
            + " git rebase --continue, or --abort. Merges go on by themselves then."
            + " = Merges warten: main wird gerade in /w/r rebased; ein Merge ließe das scheitern."
            + " Beende das dort: git rebase --continue oder --abort. Danach geht es mit den Merges"
            + " von selbst weiter.",
        "80% of the budget of codex today is spent: $4.00 of $5.00. Raise budgets.agent in"
            + " hive.yaml to go on. = 80 % des Budgets von codex heute sind ausgegeben: $4,00 von"
            + " $5,00. Erhöhe budgets.agent in hive.yaml, damit es weitergeht.",
        ".hivedeck/hive.yaml changed since you trusted it: agent a: run; gate g is new; decision d"
            + " is removed = .hivedeck/hive.yaml hat sich geändert, seit du ihr vertraut hast:"
            + " Agent a: run; Gate g ist neu; Entscheidung d ist entfernt",
        "The checkout of main in /w/r is 12 merges behind it."
            + " = Der Checkout von main in /w/r ist 12 Merges zurück.",
        "It was left: what you have edited or made there is in the way: a.txt, b.txt and 3 more."
            + " A git commit -a or git stash there would take merged work back."
            + " = Er blieb, wie er war: was du dort geändert oder angelegt hast, ist im Weg: a.txt,"
            + " b.txt und 3 weitere. Ein git commit -a oder git stash dort nähme gemergte Arbeit"
            + " zurück.",
        "tasks.yaml:3: T-1 needs T-9, which is no task (did you mean T-2?)"
            + " = tasks.yaml:3: T-1 braucht T-9, das ist keine Aufgabe (meintest du T-2?)",
        "x.bin (60 MB), y.bin (51.5 MB) and 2 more in /w/t are too large to be committed. Hivedeck"
            + " commits files of up to 50 MB, 2,000 files and 1.5 GB together. = x.bin (60 MB),"
            + " y.bin (51.5 MB) und 2 weitere in /w/t sind zu groß, um committet zu werden."
            + " Hivedeck committet Dateien bis 50 MB, 2.000 Dateien und 1,5 GB zusammen.",
      })
  void whatIsPutTogetherIsSaidInAllItsParts(String english, String german) {
    assertThat(GERMAN.of(english.strip())).isEqualTo(german.strip());
  }

  @Test
  void whatAnAgentWroteStaysAsItWroteIt() {
    for (var own :
        List.of("I read the code. T-7 is mine.", "no", "text", "nothing", "gate", "a: b")) {
      assertThat(GERMAN.of(own)).isEqualTo(own);
    }
    assertThat(GERMAN.of("T-7 is cancelled. So I ended."))
        .isEqualTo("T-7 is cancelled. So I ended.");
    assertThat(GERMAN.of("codex learned: use the wrapper")).endsWith(": use the wrapper");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x by y failed (z): it was at work and waits for the a, b or c. ",
        "it waits: ",
        " or ",
        "a, ",
        "A. ",
        "x: ",
        "a\n",
        "1,",
      })
  void aTextThatOnlyLooksLikeOursIsGivenUp(String again) {
    String text = again.repeat(3_900 / again.length());
    assertThat(GERMAN.of(text + "; it must be more than 3 or more")).endsWith("more");
    assertThat(GERMAN.within(text)).isNotEmpty();
  }

  @Test
  void onlyTheEnginesOwnQuestionsAreSaidInGerman() {
    var german = new Texts(Locale.GERMAN, java.time.ZoneOffset.UTC);
    var stuck = decision("stuck", "codex cannot go on (sign-in). Sign it in, then try again.");
    assertThat(german.asked(stuck, stuck.question()))
        .isEqualTo("codex kommt nicht weiter (sign-in). Melde ihn an, dann versuche es erneut.");
    assertThat(german.asked(stuck, "give up")).isEqualTo("aufgeben");
    assertThat(german.detail(stuck)).isEqualTo("Endete mit Exit-Code 1.");
    var own = decision("design", "T-7 is cancelled");
    assertThat(german.asked(own, own.question())).isEqualTo("T-7 is cancelled");
    assertThat(german.asked(own, "no")).isEqualTo("no");
    assertThat(german.detail(own)).isEqualTo("It ended with exit 1.");
    assertThat(german.detail(decision("proposal", "Add the task \"no\" to the plan?")))
        .isEqualTo("It ended with exit 1.");
  }

  private static DecisionViews.Decision decision(String kind, String question) {
    return new DecisionViews.Decision(
        "D-1",
        "T-1",
        "T-1.1",
        "codex",
        kind,
        3,
        question,
        "It ended with exit 1.",
        List.of("try again", "give up"),
        null,
        DecisionViews.DecisionState.OPEN,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  // ── what the engine really says ───────────────────────────────────────────────────────────────

  private static void inGerman(String english) {
    assertThat(GERMAN.of(english))
        .as(english)
        .isNotEqualTo(english)
        .satisfies(
            german ->
                assertThat(
                        ENGLISH
                            .matcher(german.replaceAll("„[^“]*“|/\\S+|fatal: .*|YAML: .*", ""))
                            .results()
                            .map(MatchResult::group))
                    .as(german)
                    .isEmpty());
  }

  private static void refusedInGerman(ThrowingCallable deed) {
    var refused = catchThrowableOfType(HiveException.class, deed);
    assertThat(refused).isNotNull();
    refused.getMessage().lines().forEach(EngineTranslationsTest::inGerman);
    inGerman(refused.hint());
  }

  @Test
  void refusalsOfFoldersAreGerman(@TempDir Path folder) throws Exception {
    refusedInGerman(() -> RepositoryPlaces.locate(folder.resolve("gone")).root());
    refusedInGerman(() -> Repository.open(Files.createDirectories(folder.resolve("plain")), null));
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThat(
            new ProcessBuilder("git", "init", "-q", "-b", "main", empty.toString())
                .start()
                .waitFor())
        .isZero();
    refusedInGerman(() -> Repository.open(empty, null));
    refusedInGerman(() -> RepositoryPlaces.refuseWithoutFiles(empty.resolve(".git")));
  }

  @Test
  void refusalsOfConfigurationsAreGerman() {
    for (var yaml :
        List.of(
            "agents:\n  a: { run: x, rol: y }\n",
            "agents: [a]\n",
            "agents:\n  a: {}\n  b: { driver: acp }\n  c: { driver: scripted }\n",
            "agents:\n  a: { run: x, parallel: 0 }\n",
            "agents:\n  a: { run: x, fallback: [b] }\n",
            "agents:\n  a: { run: x, owns: [../y] }\n",
            "agents:\n  a: { run: x, limits: { memory: 3, cpu: none, timeout: soon } }\n",
            "gates:\n"
                + "  g: {}\n"
                + "  h: { run: x, builtin: size }\n"
                + "  i: { builtin: size, max: 1, warn: 2 }\n",
            "agents:\n  a: &x { run: y }\n  b: *x\n",
            "agents: { a: { run: x }\n",
            "decisions:\n  default: { human: maybe }\n")) {
      refusedInGerman(() -> HiveConfig.parse("hive.yaml", yaml));
    }
  }

  @Test
  void refusalsOfPlansAreGerman() {
    for (var plan :
        List.of(
            "title: x\n",
            "tasks:\n  - { id: T-1, title: a }\n  - { id: T-1, title: b }\n",
            "tasks:\n  - { id: T-1, titel: a }\n",
            "tasks:\n  - { id: T-1, title: a, priority: 12 }\n")) {
      refusedInGerman(() -> PlanDocument.parse("plan.yaml", plan));
    }
    refusedInGerman(() -> PlanDocument.parse("plan.md", "Just words.\n"));
    refusedInGerman(
        () -> PlanDocument.parse("plan.md", "# P\n\n## T-1: A\n\n- priority: 12\n\n## T-1: B\n"));
  }

  @Test
  void whatDoesNotGoIsToldInGerman() {
    var told = new ArrayList<String>();
    for (var state : ChangeViews.ChangeState.values()) {
      for (var step : ChangeStateMachine.Step.values()) {
        if (!ChangeStateMachine.TABLE.allows(state, step)) {
          var refused =
              catchThrowableOfType(
                  HiveException.class, () -> ChangeStateMachine.TABLE.next(state, step));
          told.add(refused.getMessage());
          told.add(refused.hint());
        }
      }
    }
    assertThat(told).hasSizeGreaterThan(20);
    told.forEach(english -> inGerman(english.replaceAll("hivedeck [a-z ]+(?=[.,])", "X")));
    assertThatThrownBy(
            () ->
                ChangeStateMachine.TABLE.next(
                    ChangeViews.ChangeState.MERGED, ChangeStateMachine.Step.CLOSE))
        .satisfies(
            e ->
                assertThat(GERMAN.of(e.getMessage()))
                    .isEqualTo("Eine Änderung, die gemergt ist, lässt sich nicht schließen."));
  }

  @Test
  void everyRiskIsToldInGerman() {
    var all = new ArrayList<Risk>();
    for (var kind : RiskKind.values()) {
      var risk = new Risk(kind, "a/b.txt", "tests");
      all.add(risk);
      inGerman(RiskText.words(List.of(risk)));
      inGerman("#12 " + RiskText.words(List.of(risk)));
    }
    inGerman(RiskText.words(all));
  }
}
