package dev.hivedeck.ui.shell.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.protocol.Discovery;
import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.GateViews;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.Screens;
import dev.hivedeck.ui.shell.theme.Theme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TextsTest {
  private static final Path BUNDLES =
      Path.of("..", "resources", "src", "main", "resources", "hivedeck", "i18n");
  private static final Path SOURCES = Path.of("src", "main", "java");

  /** Literals that look like a key: two or more lower-case words with dots between. */
  private static final Pattern KEY =
      Pattern.compile(
          "(?:(?<!settings\\(\\)\\.)\\btext|\\bhas|\\bcolumn|\\bfixed|\\bnote|\\blegend)\\(\\s*(?:Tone\\.[A-Z]+,\\s*)?\"([a-z][a-z0-9-]*(?:\\.[a-z0-9-]+)+)\"");

  private static final Texts ENGLISH = new Texts(Locale.ENGLISH, ZoneOffset.UTC);
  private static final Texts GERMAN = new Texts(Locale.GERMAN, ZoneOffset.UTC);

  @Test
  void everyKeyUsedIsThereInEveryLanguage() throws IOException {
    var used = new TreeSet<String>();
    try (var files = Files.walk(SOURCES)) {
      for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        KEY.matcher(Files.readString(file)).results().forEach(m -> used.add(m.group(1)));
      }
    }
    for (var screen : Screens.all().keySet()) {
      used.add(screen.key());
    }
    for (var key : Hotkey.values()) {
      used.add(key.text());
    }
    words(used, "agent.state", AgentViews.AgentState.values());
    words(used, "task.state", TaskViews.TaskState.values());
    words(used, "attempt.state", AttemptViews.AttemptState.values());
    words(used, "change.state", ChangeViews.ChangeState.values());
    words(used, "decision.state", DecisionViews.DecisionState.values());
    words(used, "outcome", GateViews.Outcome.values());
    words(used, "cli.state", Discovery.CliState.values());
    words(used, "category", Discovery.Category.values());
    words(used, "form", Discovery.Form.values());
    words(used, "standing", Discovery.Standing.values());
    words(used, "lessons.state", LessonViews.LessonState.values());
    words(used, "lessons.judged", LessonViews.LessonState.values());
    words(used, "health.trend", AgentViews.Trend.values());
    words(used, "settings.theme", Theme.Preference.values());
    assertThat(used).hasSizeGreaterThan(150);
    assertThat(used).allSatisfy(key -> assertThat(ENGLISH.has(key)).as(key).isTrue());
    assertThat(used).allSatisfy(key -> assertThat(GERMAN.has(key)).as(key + " (de)").isTrue());
  }

  private static void words(Set<String> used, String prefix, Enum<?>[] values) {
    Arrays.stream(values).forEach(v -> used.add(prefix + "." + v.name().toLowerCase(Locale.ROOT)));
  }

  @Test
  void bothLanguagesHaveTheSameKeysAndTheSamePlaces() throws IOException {
    var english = bundle("");
    var german = bundle("_de");
    assertThat(german.keySet()).isEqualTo(english.keySet());
    english.forEach(
        (key, text) ->
            assertThat(holes(german.get(key))).as("what %s fills in", key).isEqualTo(holes(text)));
  }

  @Test
  void everyTextIsAGoodPattern() throws IOException {
    for (var language : List.of("", "_de")) {
      bundle(language)
          .forEach(
              (key, text) ->
                  assertThat(
                          new MessageFormat(text, Locale.ENGLISH).format(new Object[] {1, 2, 3, 4}))
                      .as(key)
                      .isNotBlank());
    }
  }

  @Test
  void numbersAndTimesAreSaidAsPeopleSayThem() {
    var now = Instant.parse("2026-11-20T12:00:00Z");
    assertThat(ENGLISH.left(now.plus(Duration.ofHours(21)), now)).isEqualTo("21 h left");
    assertThat(GERMAN.left(now.plus(Duration.ofMinutes(4)), now)).isEqualTo("noch 4 min");
    assertThat(ENGLISH.left(now.minusSeconds(1), now)).isEqualTo("overdue");
    assertThat(ENGLISH.ago(now.minusSeconds(2), now)).isEqualTo("just now");
    assertThat(ENGLISH.clock(Duration.ofSeconds(192))).isEqualTo("3:12");
    assertThat(ENGLISH.clock(Duration.ofSeconds(3849))).isEqualTo("1:04:09");
    assertThat(ENGLISH.span(Duration.ofMinutes(192))).isEqualTo("3 h 12 m");
    assertThat(GERMAN.money(1234.5)).isEqualTo("$1.234,50");
    assertThat(ENGLISH.brief(41_200)).isEqualTo("41.2 k");
    assertThat(ENGLISH.bytes(18_200_000)).isEqualTo("18.2 MB");
    assertThat(ENGLISH.text("bar.decisions", 0)).isEqualTo("no decisions");
    assertThat(ENGLISH.text("bar.decisions", 1)).isEqualTo("1 decision");
    assertThat(ENGLISH.text("bar.decisions", 3)).isEqualTo("3 decisions");
  }

  private static Set<Integer> holes(String text) {
    return Pattern.compile("\\{(\\d)")
        .matcher(text)
        .results()
        .map(m -> Integer.valueOf(m.group(1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The words of all bundles in one language. */
  private static Map<String, String> bundle(String language) throws IOException {
    var words = new TreeMap<String, String>();
    var ending = language + ".properties";
    try (var files = Files.list(BUNDLES)) {
      for (var file : files.toList()) {
        var name = file.getFileName().toString();
        if (name.endsWith(ending) && (name.contains("_") == !language.isEmpty())) {
          var properties = new Properties();
          try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
          }
          properties.forEach(
              (key, text) ->
                  assertThat(words.put((String) key, (String) text))
                      .as("%s is said once", key)
                      .isNull());
        }
      }
    }
    return words;
  }

  @Test
  void costsThatNobodyKnowsAreNoZero() {
    assertThat(ENGLISH.costs(List.of(0.5, 1.0))).isEqualTo("$1.50");
    assertThat(ENGLISH.costs(Arrays.asList(0.5, null))).isEqualTo("at least $0.50");
    assertThat(ENGLISH.costs(Arrays.asList((Double) null))).isEqualTo("cost unknown");
    assertThat(GERMAN.costs(List.of())).isEqualTo("Kosten unbekannt");
  }

  @Test
  void theEnginesSentencesAreSaidInTheLanguage() {
    assertThat(GERMAN.said("T-7 is cancelled")).isEqualTo("T-7 ist abgebrochen");
    assertThat(GERMAN.said("T-7.2 by codex failed (gate): a $1 = b\nin c"))
        .isEqualTo("T-7.2 von codex fehlgeschlagen (gate): a $1 = b\nin c");
    assertThat(GERMAN.said("What nobody knows")).isEqualTo("What nobody knows");
    assertThat(GERMAN.said(null)).isNull();
    assertThat(ENGLISH.said("T-7 is cancelled")).isEqualTo("T-7 is cancelled");
    assertThat(
            GERMAN.said(
                "T-7 waits for you: codex cannot go on (sign-in). Sign it in, then try again."))
        .isEqualTo(
            "T-7 wartet auf dich: codex kommt nicht weiter (sign-in)."
                + " Melde ihn an, dann versuche es erneut.");
    assertThat(GERMAN.said("#4 is with docs for another attempt."))
        .isEqualTo("#4 ist für einen weiteren Versuch bei docs.");
  }

  @Test
  void germanHasOneVoiceAndOneWordForAThing() throws IOException {
    // At the head of a sentence "Sie" and "Ihr" may be they and theirs.
    var formal = Pattern.compile("(?<![.!?:=] )(?<!=)\\b(Sie|Ihre?[nmrs]?|Ihnen)\\b");
    var other =
        Pattern.compile(
            "Arbeitsbereich|Zweig|Durchsicht|Befinden|Güte|Prüfungen|freigegeben|gescheitert|Lehre");
    try (var bundles = Files.list(BUNDLES)) {
      for (var bundle : bundles.filter(b -> b.toString().endsWith("_de.properties")).toList()) {
        assertThat(Files.readAllLines(bundle))
            .filteredOn(l -> !l.startsWith("#"))
            .noneMatch(l -> formal.matcher(l).find() || other.matcher(l).find());
      }
    }
  }
}
