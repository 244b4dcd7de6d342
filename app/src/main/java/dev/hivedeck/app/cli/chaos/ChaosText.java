package dev.hivedeck.app.cli.chaos;

import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.app.cli.chaos.ChaosReport.Outcome;
import dev.hivedeck.app.cli.chaos.ChaosReport.Result;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.Plural;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Game days as text. */
final class ChaosText {
  private ChaosText() {}

  static String seconds(@Nullable Double seconds) {
    return seconds == null ? "–" : String.format(Locale.ROOT, "%.1f s", seconds);
  }

  /** What is going to be done. */
  static String plan(ChaosPlan plan) {
    var table = new TextTable("At", "What goes wrong");
    plan.faults().forEach(f -> table.row(Durations.words(f.at()), f.words()));
    return table
        + "\nIt takes "
        + Durations.words(plan.longest())
        + " at most, ends by itself, and undoes what it did.";
  }

  static String line(Outcome o) {
    return switch (o.result()) {
      case RECOVERED ->
          "  well again after "
              + seconds(o.recovered())
              + ", noticed after "
              + seconds(o.noticed());
      case UNNOTICED -> "  it was over before anything noticed it";
      case NOT_RECOVERED -> "  not well again: " + o.why();
      case SKIPPED -> o.fault() + ": left out, " + o.why();
    };
  }

  static String list(List<ListedGameDay> days) {
    if (days.isEmpty()) {
      return "There was no game day yet.";
    }
    var table = new TextTable("Number", "Plan", "Began", "Took", "State", "Recovered", "Slowest");
    for (var listed : days) {
      if (!(listed instanceof KeptGameDay day)) {
        continue;
      }
      var report = day.report();
      long recovered = report.faults().stream().filter(o -> o.result() == Result.RECOVERED).count();
      table.row(
          String.valueOf(day.number()),
          day.plan(),
          report.beganAt().truncatedTo(ChronoUnit.SECONDS).toString(),
          seconds(report.seconds()),
          Word.kebab(day.state()).replace('-', ' '),
          recovered + " of " + report.faults().size(),
          seconds(
              report.faults().stream()
                  .map(Outcome::recovered)
                  .filter(Objects::nonNull)
                  .max(Double::compare)
                  .orElse(null)));
    }
    var unreadable = new StringBuilder();
    for (var listed : days) {
      if (listed instanceof ListedGameDay.Unreadable bad) {
        unreadable.append("\n").append(bad.number()).append(" is unreadable: ").append(bad.why());
      }
    }
    return table.toString() + unreadable;
  }

  static String show(KeptGameDay day) {
    return "Game day "
        + day.number()
        + " by "
        + day.plan()
        + " began at "
        + day.report().beganAt().truncatedTo(ChronoUnit.SECONDS)
        + ": "
        + Word.kebab(day.state()).replace('-', ' ')
        + ".\n"
        + table(day.report());
  }

  static String report(ChaosReport report) {
    return (report.complete() ? "" : "Ended early: all that was done is undone.\n") + table(report);
  }

  private static String table(ChaosReport report) {
    var table = new TextTable("What went wrong", "At", "Noticed", "By", "Well again", "Result");
    report
        .faults()
        .forEach(
            o ->
                table.row(
                    o.fault() + (o.target() == null ? "" : " (" + o.target() + ")"),
                    seconds(o.at()),
                    seconds(o.noticed()),
                    o.by() == null ? "" : o.by(),
                    seconds(o.recovered()),
                    Word.kebab(o.result()).replace('-', ' ')
                        + (o.why().isEmpty() ? "" : ": " + o.why())));
    long unnoticed = report.faults().stream().filter(o -> o.result() == Result.UNNOTICED).count();
    return table
        + (unnoticed == 0
            ? ""
            : "\nNothing noticed "
                + Plural.of(unnoticed, "fault")
                + ": is what was hit checked, and often enough?");
  }
}
