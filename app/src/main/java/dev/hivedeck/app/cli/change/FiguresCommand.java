package dev.hivedeck.app.cli.change;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.figure.FigureQuery;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figure;
import dev.hivedeck.engine.protocol.figure.FigureViews.FigureRows;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figures;
import dev.hivedeck.engine.protocol.figure.FigureViews.Unit;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** How the team works with its agents. */
@Command(
    name = "figures",
    description = {
      "How the team works with its agents: what is merged without rework, how long it takes, what"
          + " it costs.",
      "With the name of a figure: its definition, and the rows that it counts."
    })
public final class FiguresCommand implements Callable<Integer> {
  private static final int MOST_DAYS = 365;

  @ParentCommand HivedeckCommand cli;

  @Parameters(
      paramLabel = "FIGURE",
      arity = "0..1",
      description = "Its name, as the list has it; all figures where it is left out.")
  String figure;

  @Option(
      names = "--days",
      defaultValue = "30",
      description = "Of so many days, 1 to 365; default: ${DEFAULT-VALUE}.")
  int days;

  @Option(
      names = "--limit",
      defaultValue = "100",
      description = "At most so many rows; default: ${DEFAULT-VALUE}.")
  int limit;

  @Override
  public Integer call() {
    if (days < 1 || days > MOST_DAYS) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER, "--days is " + days + ".", "Write 1 to " + MOST_DAYS + ".");
    }
    if (limit < 1) {
      throw new HiveException(
          ErrorCode.BAD_NUMBER, "--limit is " + limit + ".", "Write 1 or more.");
    }
    try (var opened = EngineAccess.read(cli.workspace())) {
      if (figure == null) {
        JsonNode answer = opened.door().query(new FigureQuery.Figures(days));
        cli.answer(answer, text(Json.MAPPER.convertValue(answer, Figures.class)));
      } else {
        JsonNode all = opened.door().query(new FigureQuery.Figures(days));
        JsonNode rows = opened.door().query(new FigureQuery.Rows(figure, days, limit));
        cli.answer(
            rows,
            text(
                Json.MAPPER.convertValue(rows, FigureRows.class),
                Json.MAPPER.convertValue(all, Figures.class)));
      }
      return HivedeckCommand.DONE;
    }
  }

  private static String text(Figures figures) {
    var table = new TextTable("Figure", "Name", "Value", "Of", "Days before");
    for (var f : figures.figures()) {
      table.row(
          f.title(),
          f.name(),
          f.value() == null ? "–" : value(f),
          f.value() == null ? f.missing() : of(f),
          f.before() == null ? "–" : number(f.unit(), f.before()));
    }
    return table
        + "\n\nOf the last "
        + figures.days()
        + " days. What a figure counts: figures NAME.";
  }

  private static String value(Figure f) {
    return number(f.unit(), f.value())
        + (f.upper() == null ? "" : " · P75 " + number(f.unit(), f.upper()));
  }

  private static String of(Figure f) {
    var counted = f.unit() == Unit.SHARE ? f.counted() + " of " + f.of() : "" + f.counted();
    return f.unknown() == 0 ? counted : counted + ", " + f.unknown() + " not known";
  }

  private static String text(FigureRows rows, Figures all) {
    var unit =
        all.figures().stream()
            .filter(f -> f.name().equals(rows.figure()))
            .map(Figure::unit)
            .findFirst()
            .orElse(Unit.SHARE);
    var table = new TextTable("Change", "What", "At", "Counts", "Value", "Note");
    for (var row : rows.rows()) {
      table.row(
          row.change() == null ? "" : row.change(),
          row.title(),
          row.at(),
          row.counts() ? "yes" : "no",
          row.value() == null ? "" : number(unit, row.value()),
          row.note());
    }
    long more = rows.total() - rows.rows().size();
    return rows.definition()
        + "\n"
        + (rows.rows().isEmpty() ? "There is none." : table)
        + (more > 0 ? "\nand " + more + " more: --limit " + rows.total() : "");
  }

  private static String number(Unit unit, double value) {
    return switch (unit) {
      case SHARE -> Math.round(100 * value) + "%";
      case SECONDS -> span(Duration.ofMillis(Math.round(1e3 * value)));
      case HOURS -> String.format(Locale.ROOT, "%.1f h", value);
      case MINUTES -> String.format(Locale.ROOT, "%.1f min", value);
      case WEEKLY -> String.format(Locale.ROOT, "%.1f a week", value);
      case DAILY -> String.format(Locale.ROOT, "%.2f a day", value);
      case DOLLARS -> String.format(Locale.ROOT, "$%.2f", value);
    };
  }

  private static String span(Duration time) {
    return time.toDays() > 0
        ? time.toDays() + " d " + time.toHoursPart() + " h"
        : time.toHours() > 0
            ? time.toHours() + " h " + time.toMinutesPart() + " min"
            : time.toMinutes() > 0
                ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                : time.toSeconds() + " s";
  }
}
