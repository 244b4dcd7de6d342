package dev.hivedeck.ui.view.audit;

import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.ListScreen;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import javafx.scene.control.Label;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Who did what. Reached by the palette and by its keys; the rail is for what is at work. */
public final class AuditScreen implements ListScreen {
  public static final ScreenId ID = ScreenId.unlisted("audit", Icon.SHIELD, 'u');

  private static final String TOPIC = "audit";

  private final Texts texts;
  private final EntityStore<AuditEntry> entries;
  private final ScreenContext context;
  private final Label summary = Widgets.label("", "soft");
  private final EntityTable<AuditEntry> table;
  private final FilterField search;
  private final StackPane body = new StackPane();
  private final Region list;
  private final VBox node;
  private Subscription watching = () -> {};

  public AuditScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    this.entries = context.live().things(Topic.of(TOPIC), AuditEntry.class);
    search = new FilterField(texts.text("audit.search"), this::renew, this::list);
    table = newTable();
    list = table.framed();
    body.getChildren().setAll(list);
    node =
        Widgets.screen(
            Widgets.head(
                Widgets.title(texts.text(ID.key())),
                Widgets.grow(summary),
                search,
                SavedFilters.of(context, TOPIC, search)),
            body);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching = entries.watch(this::renew);
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  @Override
  public EntityTable<AuditEntry> table() {
    return table;
  }

  @Override
  public FilterField search() {
    return search;
  }

  private EntityTable<AuditEntry> newTable() {
    return EntityTable.<AuditEntry>of(context, texts.text(ID.key()), this::renew)
        .column(
            texts.text("audit.when"),
            96,
            84,
            0,
            Comparator.comparing(AuditEntry::at).reversed(),
            CellContent.text(e -> texts.ago(e.at(), context.live().now().get()), "soft"))
        .column(
            texts.text("audit.who"),
            110,
            80,
            1,
            EntityTable.by(AuditEntry::who),
            CellContent.text(this::who))
        .column(
            texts.text("audit.by"),
            110,
            90,
            3,
            EntityTable.by(this::by),
            CellContent.text(this::by, "soft"))
        .column(
            texts.text("audit.command"),
            180,
            140,
            0,
            EntityTable.by(AuditEntry::command),
            CellContent.text(AuditEntry::command, "mono"))
        .column(
            texts.text("audit.about"),
            120,
            80,
            2,
            EntityTable.by(e -> e.about() == null ? "" : e.about()),
            CellContent.text(e -> e.about() == null ? "" : e.about()))
        .column(
            texts.text("audit.outcome"),
            300,
            140,
            0,
            EntityTable.by(this::outcome),
            CellContent.of(() -> Widgets.label(""), this::fillOutcome))
        .remember(TOPIC)
        .menu(
            new EntityMenu<AuditEntry>(context)
                .copy("audit.copy", e -> e.command() + " " + e.fields()));
  }

  private String who(AuditEntry e) {
    return e.who().equals(AuditEntry.YOU) ? texts.text("audit.you") : e.who();
  }

  private String by(AuditEntry e) {
    return texts.word("audit.by", e.entryPoint());
  }

  private String outcome(AuditEntry e) {
    return e.refused()
        ? texts.text("audit.refused", texts.said(e.message()))
        : texts.text("audit.done");
  }

  private void fillOutcome(Label label, AuditEntry e) {
    label.setText(outcome(e));
    (e.refused() ? Tone.AMBER : Tone.NEUTRAL).on(label);
  }

  private void renew() {
    var all = entries.all();
    var wanted = new ArrayList<AuditEntry>();
    for (var e : all) {
      if (search.finds(who(e), by(e), e.command(), e.about(), e.message())) {
        wanted.add(e);
      }
    }
    wanted.sort(table.order(Comparator.comparing(AuditEntry::at).reversed()));
    table.renew(wanted);
    summary.setText(
        all.isEmpty()
            ? ""
            : texts.text(
                "audit.summary", all.size(), all.stream().filter(AuditEntry::refused).count()));
    if (all.isEmpty()) {
      body.getChildren()
          .setAll(
              Widgets.card(
                  Widgets.grow(
                      EmptyState.empty(
                          Icon.SHIELD,
                          texts.text("audit.empty"),
                          texts.text("audit.empty.more")))));
    } else if (body.getChildren().getFirst() != list) {
      body.getChildren().setAll(list);
    }
  }
}
