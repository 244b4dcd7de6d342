package dev.hivedeck.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hivedeck.engine.config.edit.HiveFile;
import dev.hivedeck.engine.config.yaml.TextDiff;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Config;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.MetricViews;
import dev.hivedeck.engine.protocol.view.Muted;
import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.engine.protocol.view.SloViews.AlertState;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.SloSamples;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.Dialogs;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ComboBox;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objectives: which burns, how much of its budget is left, and what its alerts did. */
class SlosTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final Instant NOW = SloSamples.NOW;
  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private List<SloViews.Silence> silences = List.of();
  private List<SloViews.Rule> rules = List.of();
  private List<SloViews.PolicyAct> acts = List.of();
  private List<MetricViews.Newest> series = List.of();
  private Desktop desktop;
  private TestUser person;

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private void open(List<SloViews.Objective> objectives, List<SloViews.Alert> past) {
    open(objectives, past, new FxThread.Answering());
  }

  private void open(
      List<SloViews.Objective> objectives, List<SloViews.Alert> past, Dialogs dialogs) {
    door.queries =
        query ->
            switch (query) {
              case Query.Alerts _ -> Json.tree(past);
              case Query.Silences _ -> Json.tree(silences);
              case Query.Rules _ -> Json.tree(rules);
              case Query.PolicyActs _ -> Json.tree(acts);
              case Query.Metrics _ -> Json.tree(series);
              default -> SloSamples.answer(query);
            };
    objectives.forEach(o -> door.seed(Topic.OBJECTIVE, o));
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"), dialogs);
    person = new TestUser(desktop);
    if (!objectives.isEmpty()) {
      FxThread.until(
          "objectives", () -> !desktop.frame().desk().live().objectives().get().isEmpty());
    }
    FxThread.run(() -> desktop.frame().to(ScreenId.SLOS));
  }

  @Test
  void whatBurnsIsFirstAndItsBudgetIsShown() {
    open(
        SloSamples.several(),
        List.of(
            new SloViews.Alert(
                "1",
                "orders-api answers in 400 ms",
                Map.of("severity", "page"),
                Map.of("summary", "resolved by itself"),
                AlertState.RESOLVED,
                NOW.minus(Duration.ofDays(13)),
                NOW.minus(Duration.ofDays(13)).plus(Duration.ofMinutes(26)),
                Muted.NONE)));
    person.waitsFor("34%");
    person.waitsFor("19,873 bad");
    person.waitsFor("of 30,110 allowed");
    assertThat(person.sees("1 h · 5 m")).isTrue();
    assertThat(person.sees("not enough data: 41 of 300 events")).isTrue();
    assertThat(person.sees("6 objectives · one alert fires · one cannot alert")).isTrue();
    for (var preference : List.of(Theme.Preference.LIGHT, Theme.Preference.DARK)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(
          desktop, PICTURES.resolve("objectives-" + preference.name().toLowerCase() + ".png"));
    }
    person.presses(KeyCode.DOWN);
    person.waitsFor("Nothing of what it counts was found yet: its alerts cannot fire.");
    person.presses(KeyCode.DOWN);
    person.presses(KeyCode.DOWN);
    person.waitsFor("It lasts, at the speed of late.");
  }

  @Test
  void whatFiresIsAnAlertOnEveryScreen() {
    open(SloSamples.several(), List.of());
    FxThread.run(() -> desktop.frame().to(ScreenId.OVERVIEW));
    person.waitsFor("5 alerts");
  }

  @Test
  void anExampleIsAddedToTheFileOnceItsDifferenceWasSeen() {
    series =
        List.of(
            newest("hivedeck_attempts_total", Map.of("outcome", "succeeded")),
            newest("http_requests_total", Map.of("code", "200")));
    open(List.of(), List.of());
    person.waitsFor("No objectives yet");
    person.waitsFor("http-requests, answers without errors: 99.5%");
    person.waitsFor("Gates are through in 10 minutes: 95%");
    FxThread.picture(desktop, PICTURES.resolve("objectives-empty.png"));
    person.click("Work of agents succeeds: 95%");
    person.waitsFor("In the last week");
    var write = person.button("Write to hive.yaml");
    FxThread.until("it can be written", () -> !write.isDisabled());
    FxThread.picture(desktop, PICTURES.resolve("objectives-form.png"));
    person.click("Write to hive.yaml");
    person.waitsUntilGone("In the last week");
    var edit = (Command.EditConfig) door.commands.getLast();
    assertThat(edit.changes())
        .extracting(Config.Change::at)
        .containsExactly("/objectives/agents-succeed");
    assertThat(edit.changes().getFirst().value().path("indicator").path("total").asText())
        .isEqualTo("hivedeck_attempts_total");
  }

  @Test
  void anObjectiveIsEditedKeyByKeyAndWhatIsWrongIsSaidAtItsField() {
    door.hive =
        """
        version: 1
        objectives:
          cart-web: # counted at the gateway
            indicator: { bad: 'requests_total{code="500"}', total: requests_total }
            target: 99%  # until summer
        """;
    open(List.of(SloSamples.view("cart-web", "availability", 0.86, "healthy", "")), List.of());
    person.waitsFor("86%");
    person.presses(KeyCode.E);
    person.waitsFor("Objective cart-web");
    var target = person.field("Target");
    FxThread.run(() -> target.setText("99.5%"));
    var write = person.button("Write to hive.yaml");
    FxThread.until("it can be written", () -> !write.isDisabled());
    person.waitsFor("paged once");
    person.click("Write to hive.yaml");
    person.waitsUntilGone("In the last week");
    var edit = (Command.EditConfig) door.commands.getLast();
    assertThat(edit.changes())
        .extracting(Config.Change::at)
        .containsExactly("/objectives/cart-web/target");
  }

  @Test
  void whatSomebodyElseWroteMeanwhileIsShownAndTheDraftIsKept() {
    door.hive =
        """
        version: 1
        objectives:
          cart-web: { indicator: { bad: b, total: a }, target: 99%, window: 30d }
        """;
    open(List.of(SloSamples.view("cart-web", "availability", 0.86, "healthy", "")), List.of());
    person.waitsFor("86%");
    person.presses(KeyCode.E);
    person.waitsFor("Objective cart-web");
    var target = person.field("Target");
    FxThread.run(() -> target.setText("99.5%"));
    var write = person.button("Write to hive.yaml");
    FxThread.until("it can be written", () -> !write.isDisabled());
    var digest = HiveFile.digest(door.hive);
    door.hive = door.hive.replace("99%", "98%").replace("30d", "7d");
    door.answer =
        command -> {
          if (command instanceof Command.EditConfig e && e.digest().equals(digest)) {
            throw new HiveException(ErrorCode.CONFIG_CHANGED, "It was changed.", "Look again.");
          }
          return Json.object().put("digest", "d");
        };
    person.click("Write to hive.yaml");
    person.waitsFor("Target: 99% became 98%; here it stays as you wrote it.");
    assertThat(person.sees("Window: 30d became 7d; it is so here, too.")).isTrue();
    assertThat(person.field("Window").getText()).isEqualTo("7d");
    FxThread.until("it can be written again", () -> !write.isDisabled());
    FxThread.picture(desktop, PICTURES.resolve("objectives-meanwhile.png"));
    person.click("Write to hive.yaml");
    person.waitsUntilGone("In the last week");
    var edit = (Command.EditConfig) door.commands.getLast();
    assertThat(edit.digest()).isEqualTo(HiveFile.digest(door.hive));
    assertThat(edit.changes())
        .extracting(Config.Change::at)
        .containsExactly("/objectives/cart-web/target");
  }

  @Test
  void aLimitIsANumberHoweverLarge() {
    open(List.of(), List.of());
    person.waitsFor("No objectives yet");
    person.click("New objective");
    person.waitsFor("In the last week");
    var kind = (ComboBox<?>) person.one(ComboBox.class::isInstance, "what is counted");
    FxThread.run(() -> kind.getSelectionModel().select(3));
    for (var written :
        Map.of(
                "Name", "tokens",
                "Series, or query", "sum(tokens)",
                "Of, or limit", "99999999999",
                "Target", "99%")
            .entrySet()) {
      var field = person.field(written.getKey());
      FxThread.run(() -> field.setText(written.getValue()));
    }
    var write = person.button("Write to hive.yaml");
    FxThread.until("it can be written", () -> !write.isDisabled());
    person.click("Write to hive.yaml");
    FxThread.until("it is asked for", () -> !door.commands.isEmpty());
    var edit = (Command.EditConfig) door.commands.getLast();
    var below = edit.changes().getFirst().value().path("indicator").path("below");
    assertThat(below.isNumber()).isTrue();
    assertThat(below.decimalValue()).isEqualByComparingTo("99999999999");
  }

  private static MetricViews.Newest newest(String name, Map<String, String> labels) {
    return new MetricViews.Newest(name + labels, name, labels, "1", null, NOW);
  }

  @Test
  void aPolicyInForceSaysWhyAndIsLiftedAndResumed() {
    acts =
        List.of(
            new SloViews.PolicyAct(
                "orders-api answers in 400 ms",
                "fewer-agents",
                NOW.minus(Duration.ofHours(3)),
                0.19,
                null,
                null,
                null));
    open(SloSamples.several(), List.of());
    person.waitsFor("50% of the agents work · since ");
    assertThat(person.sees("only fixes merge")).isTrue();
    person.click("Lift…");
    person.waitsFor("Say why: it is kept in the history.");
    person.types("the launch cannot wait");
    person.waitsFor("Lifted until ");
    FxThread.picture(desktop, PICTURES.resolve("objectives-lift.png"));
    person.click("Lift");
    FxThread.until("it is asked for", () -> !door.commands.isEmpty());
    assertThat(door.commands.getLast())
        .isEqualTo(
            new Command.LiftPolicy(
                "orders-api answers in 400 ms", 7_200, "the launch cannot wait"));
    acts =
        List.of(
            new SloViews.PolicyAct(
                "orders-api answers in 400 ms",
                "fewer-agents",
                NOW.minus(Duration.ofHours(3)),
                0.19,
                NOW.plus(Duration.ofHours(2)),
                "you",
                "the launch cannot wait"));
    door.tell("objective.changed", Topic.OBJECTIVE, "", SloSamples.several().getFirst());
    door.tell(
        "objective.changed",
        Topic.OBJECTIVE,
        "",
        SloSamples.view("cart-web available", "availability", 0.85, "healthy", ""));
    person.waitsFor("lifted until ");
    person.click("Resume");
    FxThread.until(
        "it is resumed",
        () ->
            door.commands
                .getLast()
                .equals(new Command.ResumePolicy("orders-api answers in 400 ms")));
  }

  @Test
  void alertsOfRulesRulesAndSilencesAreListed() {
    rules =
        List.of(
            new SloViews.Rule(
                "rule:hive.yaml/OutboxLags",
                "alerting",
                "max by (queue) (lag_seconds) > 30",
                "firing",
                NOW,
                ""),
            new SloViews.Rule(
                "rule:monitoring/orders.rules.yml/orders/Broken",
                "alerting",
                "rate(",
                "broken",
                null,
                "The expression ends too early."));
    silences =
        List.of(
            new SloViews.Silence(
                3, "alertname=\"Other\"", NOW, NOW.plus(Duration.ofHours(2)), "you", "a move"));
    open(
        SloSamples.several(),
        List.of(
            new SloViews.Alert(
                "r1",
                "rule:hive.yaml/OutboxLags",
                Map.of("alertname", "OutboxLags", "severity", "ticket", "queue", "mail"),
                Map.of("summary", "mail lags 42 s"),
                AlertState.FIRING,
                NOW.minus(Duration.ofMinutes(12)),
                null,
                Muted.NONE)));
    person.waitsFor("34%");
    person.waitsFor("Rules 2");
    person.click("Alerts 1");
    person.waitsFor("mail lags 42 s");
    FxThread.picture(desktop, PICTURES.resolve("objectives-alerts.png"));
    person.presses(KeyCode.ENTER);
    person.waitsFor("max by (queue) (lag_seconds) > 30");
    person.waitsFor("The expression ends too early.");
    assertThat(person.sees("monitoring/orders.rules.yml/orders")).isTrue();
    FxThread.picture(desktop, PICTURES.resolve("objectives-rules.png"));
    person.click("Silences 1");
    person.waitsFor("a move");
    FxThread.picture(desktop, PICTURES.resolve("objectives-silences.png"));
    person.click("End alertname=\"Other\"");
    FxThread.until("it is ended", () -> door.commands.contains(new Command.EndSilence(3)));
  }

  @Test
  void whatIsNotFoundSaysWhatThereIsInstead() {
    door.hive =
        """
        version: 1
        objectives:
          notifier: { indicator: { bad: 'notifier_errors_total', total: a }, target: 99% }
        """;
    series = List.of(newest("notifier_failures_total", Map.of()), newest("a", Map.of()));
    open(
        List.of(
            SloSamples.view(
                "notifier",
                "error ratio",
                null,
                "no-data",
                "Nothing of what it counts was found yet: its alerts cannot fire.")),
        List.of());
    person.waitsFor(
        "There is no series notifier_errors_total. There are: notifier_failures_total.");
    FxThread.picture(desktop, PICTURES.resolve("objectives-note.png"));
  }

  @Test
  void whatWaitsForConsentLeadsThereAndAChainToItsParts() {
    var waiting =
        SloSamples.view(
            "order-to-notify",
            "composite",
            null,
            "awaiting-consent",
            "It waits for your consent: hivedeck trust.",
            List.of("cart-web"));
    open(
        List.of(waiting, SloSamples.view("cart-web", "availability", 0.86, "healthy", "")),
        List.of());
    FxThread.run(() -> desktop.frame().to(ScreenId.SLOS, "order-to-notify"));
    person.waitsFor("hive.yaml waits for your consent: what is new in it is not evaluated yet.");
    assertThat(person.sees("its alerts cannot fire")).isFalse();
    person.click("cart-web · healthy");
    person.waitsFor("86%");
    person.waitsUntilGone("A chain of");
  }

  @Test
  void objectivesOfOthersAreSeenBeforeTheyAreWritten() throws IOException {
    var file = Files.writeString(folder.resolve("orders.yaml"), "apiVersion: openslo/v1");
    var diff = TextDiff.of("hive.yaml", "version: 1\n", "version: 1\nobjectives: {}\n");
    var come =
        new Config.Import(
            List.of(new Config.Taken("orders", "openslo", 3, "new")),
            List.of(new Config.Left(40, "carts", "", "it counts nothing; name a metric")),
            List.of(),
            new Config.Preview("d", diff, List.of(), null));
    var dialogs = new FxThread.Answering();
    dialogs.files = List.of(file);
    open(SloSamples.several(), List.of(), dialogs);
    var answers = door.queries;
    door.queries = q -> q instanceof Query.ImportPreview ? Json.tree(come) : answers.apply(q);
    person.click("Import…");
    person.waitsFor("orders: new (openslo, line 3)");
    person.waitsFor("Line 40, carts: it counts nothing; name a metric");
    var write =
        (ButtonBase)
            person.one(
                n -> n instanceof ButtonBase b && "Write to hive.yaml".equals(b.getText()),
                "what writes it");
    assertThat(FxThread.get(write::isDisabled)).as("nothing is left out unasked").isTrue();
    FxThread.picture(desktop, PICTURES.resolve("objectives-import.png"));
    person.click("Leave out the objectives that cannot be taken over");
    person.click("Write to hive.yaml");
    FxThread.until("it is asked for", () -> !door.commands.isEmpty());
    assertThat(door.commands.getLast())
        .isEqualTo(new Command.ImportObjectives("d", "apiVersion: openslo/v1", null, true));
  }

  @Test
  void objectivesAreWrittenInAFormatOfOthers() throws IOException {
    var dialogs = new FxThread.Answering();
    dialogs.target = folder.resolve("rules.yml");
    open(SloSamples.several(), List.of(), dialogs);
    var answers = door.queries;
    door.queries =
        q ->
            q instanceof Query.ObjectiveExport e
                ? Json.tree(
                    new Query.Exported(
                        e.format(),
                        "groups: [] # " + e.format() + "\n",
                        List.of(new Query.LeftOut("order-to-notify", "it is made of others"))))
                : answers.apply(q);
    person.click("Export…");
    person.robot().clickOn("Prometheus rules");
    person.waitsFor(
        "The objectives are in "
            + dialogs.target
            + ", without those that the format has no words for: order-to-notify");
    assertThat(dialogs.target).hasContent("groups: [] # prometheus");
    dialogs.target = folder.resolve("gone").resolve("slo.yaml");
    person.click("Export…");
    person.robot().clickOn("OpenSLO");
    person.waitsFor("Choose another place, or check its rights.");
  }

  @Test
  void anAlertThatFiresIsAcknowledgedAndSaysSo() {
    var name = "orders-api answers in 400 ms";
    var objectives = SloSamples.several();
    var alert =
        objectives.stream()
            .filter(o -> o.name().equals(name))
            .findFirst()
            .orElseThrow()
            .alerts()
            .getFirst();
    door.seed(Topic.ALERT, alert);
    open(objectives, List.of());
    person.waitsFor("34%");
    door.answer = _ -> Json.object().put("notices", 1);
    person.click("Acknowledge: nobody else is told");
    FxThread.until("it is asked for", () -> !door.commands.isEmpty());
    assertThat(door.commands.getLast()).isEqualTo(new Command.AcknowledgeAlert(name));
    door.tell("alert.changed", Topic.ALERT, null, alert.withMuted(Muted.ACKNOWLEDGED));
    person.waitsFor("acknowledged · a tenth of the budget went in a day");
    assertThat(
            person.nodes(
                n ->
                    n instanceof ButtonBase b
                        && "Acknowledge: nobody else is told".equals(b.getAccessibleText())))
        .as("it is acknowledged once")
        .isEmpty();
  }

  @Test
  void alertsAreSilencedFromTheKeyboard() {
    open(SloSamples.several(), List.of());
    person.waitsFor("34%");
    door.answer = _ -> Json.object().put("id", 7);
    person.presses(KeyCode.S);
    person.waitsFor("Silent until");
    person.types("move of the database");
    person.click("Silence");
    FxThread.until("it is asked for", () -> !door.commands.isEmpty());
    assertThat(door.commands.getLast())
        .isEqualTo(
            new Command.Silence(
                "objective=\"orders-api answers in 400 ms\"", 7_200, "move of the database"));
  }
}
