package dev.hivedeck.ui.view.change.figure;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.figure.FigureQuery;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figure;
import dev.hivedeck.engine.protocol.figure.FigureViews.FigureRow;
import dev.hivedeck.engine.protocol.figure.FigureViews.FigureRows;
import dev.hivedeck.engine.protocol.figure.FigureViews.Figures;
import dev.hivedeck.engine.protocol.figure.FigureViews.Unit;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** How the team works with its agents: figures, and below them the rows that one of them counts. */
public final class FiguresPane extends VBox {
  private static final List<Integer> DAYS = List.of(7, 30, 90);
  private static final int ROWS = 200;

  private final ScreenContext context;
  private final Texts texts;
  private final Consumer<String> open;
  private final FilterBar<Integer> days;
  private final FlowPane tiles = Widgets.flow(10, 10);
  private final Map<String, FigureTile> byName = new LinkedHashMap<>();
  private final Label heading = Widgets.heading("", "card-title");
  private final Label definition = Widgets.prose("", "soft");
  private final Label none = Widgets.prose("", "muted");
  private final EntityTable<FigureRow> table;
  private final Region tableBox;
  private List<Figure> figures = List.of();
  private FigureRows rows = new FigureRows("", "", 0, List.of());
  private String chosen = "";

  /**
   * @param open shows a change, by its id
   */
  public FiguresPane(ScreenContext context, Consumer<String> open) {
    super(12);
    this.context = context;
    this.texts = context.texts();
    this.open = open;
    days = new FilterBar<>(texts);
    days.choose(30);
    days.show(
        DAYS.stream().map(n -> new FilterBar.Pill<>(n, texts.text("figures.days", n))).toList());
    days.chosenProperty().addListener((_, _, _) -> read());
    table = newTable();
    tableBox = table.framed();
    var card = Widgets.card(heading, definition, Widgets.grow(new StackPane(tableBox, none)));
    StackPane.setAlignment(none, javafx.geometry.Pos.TOP_LEFT);
    getChildren().setAll(days, tiles, Widgets.grow(card));
  }

  /** The rows of the chosen figure. */
  public EntityTable<?> table() {
    return table;
  }

  /** Asks for the figures as they are now. */
  public void read() {
    int wanted = days.chosen();
    context
        .steering()
        .query(new FigureQuery.Figures(wanted))
        .thenAccept(
            answer -> {
              if (wanted == days.chosen() && answer.hasNonNull("figures")) {
                show(Json.as(answer, Figures.class));
              }
            });
  }

  private void show(Figures now) {
    figures = now.figures();
    if (!byName.keySet().equals(Set.copyOf(figures.stream().map(Figure::name).toList()))) {
      byName.clear();
      figures.forEach(f -> byName.put(f.name(), new FigureTile(context, () -> choose(f.name()))));
      tiles.getChildren().setAll(byName.values());
    }
    figures.forEach(f -> byName.get(f.name()).show(f));
    choose(byName.containsKey(chosen) ? chosen : figures.getFirst().name());
  }

  private void choose(String name) {
    chosen = name;
    int wanted = days.chosen();
    byName.forEach((n, tile) -> tile.choose(n.equals(name)));
    context
        .steering()
        .query(new FigureQuery.Rows(name, wanted, ROWS))
        .thenAccept(
            answer -> {
              if (name.equals(chosen) && wanted == days.chosen() && answer.hasNonNull("rows")) {
                rows = Json.as(answer, FigureRows.class);
                renew();
              }
            });
  }

  private void renew() {
    var figure = figures.stream().filter(f -> f.name().equals(chosen)).findFirst();
    if (figure.isEmpty()) {
      return;
    }
    heading.setText(
        texts.said(figure.get().title())
            + (figure.get().unit() == Unit.SHARE && figure.get().value() != null
                ? " · " + texts.text("figures.of", figure.get().counted(), figure.get().of())
                : ""));
    definition.setText(texts.said(figure.get().definition()));
    var shown = new ArrayList<>(rows.rows());
    if (!table.getSortOrder().isEmpty()) {
      shown.sort(table.order(Comparator.comparing(FigureRow::at).reversed()));
    }
    table.renew(shown);
    none.setText(
        figure.get().missing().isEmpty()
            ? texts.text("figures.none")
            : texts.said(figure.get().missing()));
    Widgets.show(none, shown.isEmpty());
    Widgets.show(tableBox, !shown.isEmpty());
  }

  private Unit unit() {
    return figures.stream()
        .filter(f -> f.name().equals(rows.figure()))
        .map(Figure::unit)
        .findFirst()
        .orElse(Unit.SHARE);
  }

  private static String id(FigureRow row) {
    return row.change() + " " + row.title() + " " + row.at();
  }

  private EntityTable<FigureRow> newTable() {
    var made =
        new EntityTable<FigureRow>(
                context, texts.text("changes.figures"), FiguresPane::id, this::renew)
            .column(
                texts.text("col.change"),
                80,
                70,
                0,
                Comparator.comparing(r -> r.change() == null ? "" : r.change()),
                CellContent.of(ChangeLink::new, ChangeLink::show))
            .column(
                texts.text("figures.what"),
                260,
                120,
                0,
                Comparator.comparing(FigureRow::title),
                CellContent.text(FigureRow::title, "strong"))
            .column(
                texts.text("figures.counts"),
                70,
                60,
                2,
                Comparator.comparing(FigureRow::counts),
                CellContent.of(() -> Widgets.label(""), this::fillCounts))
            .column(
                texts.text("figures.value"),
                110,
                80,
                1,
                Comparator.comparing(
                    FigureRow::value, Comparator.nullsLast(Comparator.naturalOrder())),
                CellContent.text(
                    r -> r.value() == null ? "" : FigureTile.number(texts, unit(), r.value()),
                    "mono"))
            .column(
                texts.text("figures.note"),
                320,
                120,
                0,
                null,
                CellContent.text(r -> said(r.note()), "soft"))
            .column(
                texts.text("col.at"),
                110,
                100,
                3,
                Comparator.comparing(FigureRow::at),
                CellContent.text(r -> texts.minute(r.at()), "mono", "soft"));
    return made.onOpen(
        () ->
            made.selected().stream()
                .flatMap(r -> Stream.ofNullable(r.change()))
                .findFirst()
                .ifPresent(open));
  }

  private String said(String note) {
    return String.join("; ", Stream.of(note.split("; ")).map(texts::part).toList());
  }

  private void fillCounts(Label label, FigureRow row) {
    label.setText(texts.text(row.counts() ? "figures.yes" : "figures.no"));
    (row.counts() ? Tone.GREEN : Tone.AMBER).on(label);
  }

  /** The number of a change, which opens it. */
  private final class ChangeLink extends StackPane {
    private final Button link = Widgets.link("", this::follow, "mono");
    private String change;

    ChangeLink() {
      setAlignment(javafx.geometry.Pos.CENTER_LEFT);
      getChildren().setAll(link);
    }

    void show(FigureRow row) {
      change = row.change();
      link.setText(change == null ? "" : "#" + change.substring(2));
      link.setAccessibleText(
          change == null ? "" : texts.text("change.obstacle.look", link.getText()));
      link.setVisible(change != null);
    }

    private void follow() {
      open.accept(change);
    }
  }
}
