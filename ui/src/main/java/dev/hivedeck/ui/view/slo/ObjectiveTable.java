package dev.hivedeck.ui.view.slo;

import dev.hivedeck.engine.protocol.view.SloViews;
import dev.hivedeck.ui.control.chart.Sparkline;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;

/** The columns of the list of objectives. */
final class ObjectiveTable {
  private static final double BAR = 110;

  /** A name with less room has nothing beside it. */
  private static final double ROOM = 230;

  /** What stands beside a long name has at least this much. */
  private static final double KIND = 44;

  private final ScreenContext context;
  private final Texts texts;
  private final SloWords words;
  private final BurnTrends trends;

  private ObjectiveTable(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    this.words = new SloWords(texts);
    this.trends = new BurnTrends(context);
  }

  /**
   * @param sort runs when the person wants another order
   */
  static EntityTable<SloViews.Objective> of(
      ScreenContext context,
      Runnable sort,
      Consumer<SloViews.Objective> silence,
      Consumer<SloViews.Objective> edit) {
    return new ObjectiveTable(context).make(sort, silence, edit);
  }

  private EntityTable<SloViews.Objective> make(
      Runnable sort, Consumer<SloViews.Objective> silence, Consumer<SloViews.Objective> edit) {
    return new EntityTable<SloViews.Objective>(
            context, texts.text("place.slos"), SloViews.Objective::name, sort)
        .column(
            texts.text("slo.col.objective"),
            280,
            150,
            0,
            Comparator.comparing(SloViews.Objective::name),
            CellContent.of(this::nameBox, this::fillName))
        .column(
            texts.text("slo.col.target"),
            110,
            90,
            4,
            Comparator.comparing(SloViews.Objective::target),
            CellContent.text(words::target, "soft"))
        .column(
            texts.text("slo.col.now"),
            96,
            76,
            3,
            number(SloViews.Objective::good),
            CellContent.text(words::now, "mono"))
        .column(
            texts.text("slo.col.left"),
            190,
            180,
            1,
            number(SloViews.Objective::left),
            CellContent.of(
                () -> new ShareBar(BAR),
                (bar, o) -> bar.show(o.left(), words.left(o), words.budget(o))))
        .column(
            texts.text("slo.col.burn"),
            70,
            64,
            5,
            Comparator.comparingDouble(o -> -SloWords.burn(o).orElse(-1.0)),
            CellContent.text(o -> words.times(SloWords.burn(o).orElse(null)), "mono"))
        .column(
            texts.text("slo.col.out"),
            100,
            84,
            6,
            Comparator.comparing(
                ObjectiveTable::end, Comparator.nullsLast(Comparator.naturalOrder())),
            CellContent.text(words::runsOut, "mono"))
        .column(
            texts.text("slo.col.state"),
            220,
            150,
            2,
            Comparator.comparing(SloWords::tone),
            CellContent.of(() -> Widgets.label(""), this::fillState))
        .column(
            texts.text("slo.col.trend"),
            100,
            80,
            7,
            null,
            CellContent.of(
                () -> new Sparkline(context.theme(), Tone.NEUTRAL),
                (line, o) -> trends.show(line, o)))
        .remember("slos")
        .menu(
            new EntityMenu<SloViews.Objective>(context)
                .one(Icon.SILENCED, "slo.silence", _ -> true, silence)
                .one(Icon.EDIT, "slo.edit", _ -> true, edit)
                .line()
                .copy("menu.copy.name", SloViews.Objective::name));
  }

  /** What is not known comes last. */
  private static Comparator<SloViews.Objective> number(
      Function<SloViews.Objective, Double> number) {
    return Comparator.comparing(number, Comparator.nullsLast(Comparator.naturalOrder()));
  }

  private static Instant end(SloViews.Objective o) {
    return o.forecast() == null ? null : o.forecast().at();
  }

  private HBox nameBox() {
    var icon = Widgets.label("");
    icon.setMinWidth(Region.USE_PREF_SIZE);
    var kind = Widgets.label("", "muted");
    kind.setMinWidth(KIND);
    var box = Widgets.row(8, icon, Widgets.label("", "strong"), kind);
    box.setAlignment(Pos.CENTER_LEFT);
    box.setMinWidth(0);
    box.widthProperty()
        .subscribe(w -> Widgets.show(kind, w.doubleValue() > ROOM * context.theme().scale().get()));
    return box;
  }

  private void fillName(HBox box, SloViews.Objective o) {
    var icon = (Label) box.getChildren().getFirst();
    icon.setGraphic(SloWords.tone(o).on(SloWords.icon(o).node()));
    ((Label) box.getChildren().get(1)).setText(o.name());
    ((Label) box.getChildren().getLast())
        .setText(o.description().isEmpty() ? o.kind() : o.description());
    box.setAccessibleText(o.name() + ", " + words.state(o));
  }

  private void fillState(Label label, SloViews.Objective o) {
    label.setText(words.state(o));
    var tone = SloWords.tone(o);
    (tone == Tone.GREEN ? Tone.NEUTRAL : tone).on(label);
  }
}
