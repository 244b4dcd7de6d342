package dev.hivedeck.ui.view.change.figure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.figure.FigureQuery;
import dev.hivedeck.engine.protocol.figure.FigureViews.ChangeHolders;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figure;
import dev.hivedeck.engine.protocol.figure.FigureViews.FigureRow;
import dev.hivedeck.engine.protocol.figure.FigureViews.FigureRows;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figures;
import dev.hivedeck.engine.protocol.figure.FigureViews.HeldTime;
import dev.hivedeck.engine.protocol.figure.FigureViews.Twelfth;
import dev.hivedeck.engine.protocol.figure.FigureViews.Unit;
import dev.hivedeck.engine.protocol.view.ChangeViews.Holder;
import dev.hivedeck.ui.Desktop;
import dev.hivedeck.ui.FxThread;
import dev.hivedeck.ui.InMemoryEngineApi;
import dev.hivedeck.ui.Sample;
import dev.hivedeck.ui.Samples;
import dev.hivedeck.ui.TestUser;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.theme.Theme;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures are shown with what they are made of, and open the rows behind them. */
class FiguresPaneTest {
  private static final Path PICTURES = Path.of("target", "screens");
  private static final Instant NOW = Sample.CLOCK.instant();

  @TempDir Path folder;
  private final InMemoryEngineApi door = Sample.door();
  private final List<Query> asked = new CopyOnWriteArrayList<>();
  private Desktop desktop;
  private TestUser person;

  @BeforeEach
  void open() {
    door.queries =
        query -> {
          asked.add(query);
          return answer(query);
        };
    desktop = FxThread.desktop(door, folder.resolve("desktop.json"));
    person = new TestUser(desktop);
    FxThread.run(() -> desktop.frame().to(ScreenId.CHANGES));
    person.click("Figures");
  }

  @AfterEach
  void close() {
    FxThread.run(desktop.stage()::close);
  }

  private static JsonNode answer(Query query) {
    return switch (query) {
      case FigureQuery.Figures q ->
          Json.tree(
              new Figures(
                  NOW.minus(Duration.ofDays(q.days())),
                  NOW,
                  q.days(),
                  List.of(
                      figure("without-rework", "Without rework, 14 d", Unit.SHARE, 35.0 / 38, 35),
                      figure("review-wait", "Review wait", Unit.SECONDS, 1_320.0, 20),
                      figure("attention", "Your minutes a change", Unit.MINUTES, 3.4, 38),
                      figure("cost", "Cost a change", Unit.DOLLARS, 1.38, 36),
                      figure(
                          "recovery-time",
                          "Failed deployment recovery time",
                          Unit.SECONDS,
                          null,
                          0))));
      case FigureQuery.Rows q ->
          Json.tree(
              new FigureRows(
                  q.figure(),
                  "",
                  1,
                  q.figure().equals("recovery-time")
                      ? List.of()
                      : List.of(
                          new FigureRow(
                              "C-35",
                              "Shorter time limit for requests",
                              NOW.minus(Duration.ofDays(2)),
                              false,
                              q.figure().equals("cost") ? 2.5 : null,
                              "reverted after 26 minutes by #36"))));
      case FigureQuery.Holders q ->
          Json.tree(
              new ChangeHolders(
                  q.id(),
                  List.of(new HeldTime(Holder.AGENT, 2_460), new HeldTime(Holder.YOU, 2_280))));
      default -> Samples.nothing(query);
    };
  }

  private static Figure figure(String name, String title, Unit unit, Double value, long counted) {
    return new Figure(
        name,
        title,
        "Share of merged changes that were not reverted within 14 days.",
        unit,
        unit == Unit.SHARE,
        value,
        name.equals("review-wait") ? (Double) 4_200.0 : null,
        counted,
        38,
        name.equals("cost") ? 2 : 0,
        value == null ? null : (Double) (0.9 * value),
        Stream.of(0.5, 0.6, 0.7, null, 0.6, 0.8, 0.9, 1.0).map(v -> new Twelfth(NOW, v)).toList(),
        value == null ? "Nothing was reverted in these days." : "");
  }

  @Test
  void eachFigureSaysOfHowManyItIsAndWhatIsNotKnown() {
    person.waitsFor("35 of 38");
    person.waitsFor("2 not known");
    person.waitsFor("P75 1 h 10 m");
    for (var preference : List.of(Theme.Preference.DARK, Theme.Preference.LIGHT)) {
      FxThread.run(() -> desktop.theme().choose(preference));
      FxThread.picture(desktop, PICTURES.resolve("figures-" + preference + ".png"));
    }
  }

  @Test
  void aFigureOpensItsRowsAndARowItsChange() {
    person.waitsFor("reverted after 26 minutes by #36");
    person.click("Cost a change: $1.38 2 not known");
    person.waitsFor("$2.50");
    person.click("look at #35");
    person.waitsFor("#35 ");
    assertThat(person.texts()).anyMatch(text -> text.startsWith("Today") || text.equals("Earlier"));
  }

  @Test
  void whatIsMissingForAFigureIsSaid() {
    person.click("Failed deployment recovery time: – ");
    person.waitsFor("Nothing was reverted in these days.");
  }

  @Test
  void aChangeSaysForHowManyMinutesItWasWhoseTurn() {
    FxThread.run(() -> desktop.frame().to(ScreenId.CHANGES, "C-41"));
    person.waitsFor("Held so far, min: agent 41 · you 38");
  }

  @Test
  void otherDaysAreAskedFor() {
    person.waitsFor("35 of 38");
    person.click("Last 90 days");
    FxThread.until("asked", () -> asked.contains(new FigureQuery.Figures(90)));
  }
}
