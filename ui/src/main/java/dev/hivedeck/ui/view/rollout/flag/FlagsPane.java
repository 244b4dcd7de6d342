package dev.hivedeck.ui.view.rollout.flag;

import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagVariant;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.MasterDetail;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.Comparator;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Feature flags: who gets what, who said so, and the switch that turns one off. */
public final class FlagsPane extends StackPane {
  /** What the empty state offers to copy. */
  private static final String EXAMPLE =
      """
      flags:
        new-checkout:
          weights: { on: 20% }
      """;

  private final ScreenContext context;
  private final Texts texts;
  private final FlagWords words;
  private final FlagFeed feed;
  private final Runnable news;
  private final EntityTable<Flag> table;
  private final FlagInspector inspector;
  private final Label stale = Widgets.prose("", "soft");
  private final VBox known;
  private final ErrorBoundary boundary;
  private String wanted;

  /**
   * @param start opens what begins a rollout
   * @param news runs when there are more of them, or fewer
   */
  public FlagsPane(ScreenContext context, Runnable start, Runnable news) {
    this.context = context;
    this.texts = context.texts();
    this.news = news;
    words = new FlagWords(texts);
    feed = new FlagFeed(context, this::renew);
    boundary = new ErrorBoundary(this, texts);
    table = newTable();
    inspector = new FlagInspector(context, words, feed, start);
    table.chosen().subscribe(_ -> inspect());
    var split = MasterDetail.of(context, "flags.split", 0.58, inspector, table.framed());
    VBox.setVgrow(split, Priority.ALWAYS);
    Tone.AMBER.on(stale);
    Widgets.show(stale, false);
    known = new VBox(6, stale, split);
  }

  /** Begins to ask. */
  public Subscription begin() {
    return feed.begin();
  }

  /** How many there are. */
  public int count() {
    return feed.all().size();
  }

  /** How many are killed. */
  public long killed() {
    return feed.all().stream().filter(Flag::killed).count();
  }

  /** Whether it is known that there is one of this key. */
  public boolean has(String key) {
    return feed.get(key).isPresent();
  }

  /** Chooses a flag, as soon as it is known. */
  public void open(String key) {
    wanted = key;
    renew();
  }

  /** The key of the flag that is looked at; null for none. */
  public String chosen() {
    return table.chosen().get();
  }

  /** What takes the keys of lists. */
  public Node list() {
    return table;
  }

  /** Takes a letter. */
  public boolean typed(char letter) {
    return inspector.typed(letter);
  }

  private EntityTable<Flag> newTable() {
    return new EntityTable<Flag>(context, texts.text("flags.name"), Flag::id, this::renew)
        .column(
            texts.text("flags.col.flag"),
            190,
            150,
            0,
            EntityTable.by(Flag::id),
            CellContent.of(NameCell::new, NameCell::show))
        .column(
            texts.text("flags.col.state"),
            96,
            80,
            0,
            EntityTable.by(words::state),
            CellContent.of(
                () -> Widgets.label(""),
                (label, f) -> {
                  label.setText(words.state(f));
                  FlagWords.tone(f).on(label);
                }))
        .column(
            texts.text("flags.col.gets"),
            200,
            120,
            0,
            EntityTable.by(words::shares),
            CellContent.text(words::shares, "mono"))
        .column(
            texts.text("flags.col.rules"),
            60,
            56,
            4,
            Comparator.comparing(f -> f.rules().size()),
            CellContent.text(f -> texts.count(f.rules().size()), "mono"))
        .column(
            texts.text("flags.col.by"),
            110,
            100,
            3,
            EntityTable.by(words::by),
            CellContent.text(words::by, "soft"))
        .column(
            texts.text("flags.col.failed"),
            112,
            108,
            2,
            Comparator.comparing(FlagsPane::failed),
            CellContent.text(
                f -> reported(f) == 0 ? "–" : texts.text("rollout.counted", failed(f), reported(f)),
                "mono"))
        .column(
            texts.text("flags.col.changed"),
            96,
            84,
            1,
            Comparator.comparing(this::changedAt).reversed(),
            CellContent.text(this::changed, "soft"))
        .remember("flags")
        .menu(new EntityMenu<Flag>(context).copy("flags.copy", Flag::id));
  }

  private static long reported(Flag f) {
    return f.variants().stream().mapToLong(FlagVariant::reported).sum();
  }

  private static long failed(Flag f) {
    return f.variants().stream().mapToLong(FlagVariant::failed).sum();
  }

  private Instant changedAt(Flag f) {
    return feed.changedAt(f.id()).orElse(Instant.EPOCH);
  }

  private String changed(Flag f) {
    return feed.changedAt(f.id()).map(at -> texts.ago(at, context.live().now().get())).orElse("–");
  }

  private void renew() {
    boundary.fill(this::fill);
    news.run();
  }

  private void fill() {
    var all = feed.all();
    if (all.isEmpty()) {
      getChildren().setAll(Widgets.card(Widgets.grow(nothing())));
      return;
    }
    table.renew(
        all.stream()
            .sorted(
                table.order(Comparator.comparing(Flag::killed).reversed().thenComparing(Flag::id)))
            .toList());
    if (wanted != null && feed.get(wanted).isPresent()) {
      table.choose(wanted);
      wanted = null;
    } else if (table.chosen().get() == null || feed.get(table.chosen().get()).isEmpty()) {
      table.choose(table.getItems().getFirst().id());
    }
    if (getChildren().isEmpty() || getChildren().getFirst() != known) {
      getChildren().setAll(known);
    }
    var why = feed.problem();
    Widgets.show(stale, why != null);
    stale.setText(
        why == null ? "" : texts.text("flags.stale", DisplayText.line(texts.said(why.message()))));
    inspect();
  }

  private Node nothing() {
    if (feed.problem() != null) {
      return EmptyState.failed(texts, feed.problem(), feed::look);
    }
    if (!feed.known()) {
      return EmptyState.loading(texts.text("flags.name"));
    }
    return EmptyState.empty(
        Icon.FLAG,
        texts.text("flags.empty"),
        texts.text("flags.empty.more"),
        Widgets.button(
            texts.text("services.empty.write"), () -> context.go().to(ScreenId.SETTINGS, null)),
        Widgets.copy(texts.text("flags.empty.copy"), EXAMPLE));
  }

  private void inspect() {
    inspector.show(feed.get(table.chosen().get()).orElse(null));
  }

  /** Its key, with what tells its state to those who see no colours. */
  private static final class NameCell extends HBox {
    private final Label name = Widgets.label("", "strong");
    private final StackPane sign = new StackPane();

    NameCell() {
      super(8);
      getStyleClass().add("name-cell");
      setAlignment(Pos.CENTER_LEFT);
      sign.setMinWidth(16);
      getChildren().setAll(sign, name);
    }

    void show(Flag f) {
      name.setText(DisplayText.line(f.id()));
      var drawn = FlagWords.icon(f).node();
      FlagWords.tone(f).on(drawn);
      sign.getChildren().setAll(drawn);
    }
  }
}
