package dev.hivedeck.ui.view.lesson;

import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import dev.hivedeck.ui.control.table.CellContent;
import dev.hivedeck.ui.control.table.EntityMenu;
import dev.hivedeck.ui.control.table.EntityTable;
import dev.hivedeck.ui.control.table.FilterBar;
import dev.hivedeck.ui.control.table.FilterField;
import dev.hivedeck.ui.control.table.ListScreen;
import dev.hivedeck.ui.control.table.MasterDetail;
import dev.hivedeck.ui.control.table.SavedFilters;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** What failed again and again, what helped, and what agents are told of it. */
public final class LessonsScreen implements ListScreen {
  private static final List<LessonState> SHOWN =
      List.of(LessonState.NEW, LessonState.ACCEPTED, LessonState.MUTED);

  private final ScreenContext context;
  private final Texts texts;
  private final VBox node;
  private final FilterBar<LessonState> filter;
  private final Label summary = Widgets.label("", "soft");
  private final EntityTable<LessonViews.Lesson> table;
  private final FilterField search;
  private final LessonInspector inspector;
  private final SplitPane split;
  private final StackPane body = new StackPane();
  private Subscription watching = () -> {};

  public LessonsScreen(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    filter = new FilterBar<>(texts);
    filter.setPrefWrapLength(540);
    filter.setMinWidth(Region.USE_PREF_SIZE);
    filter.chosenProperty().addListener((_, _, _) -> renew());
    var title = Widgets.title(texts.text("place.lessons"));
    search = new FilterField(texts.text("lessons.search"), this::renew, this::list);
    var saved =
        new SavedFilters(
            context,
            "lessons",
            () ->
                new SavedFilters.Saved(
                    filter.chosen() == null ? "" : filter.chosen().name(),
                    search.getText().strip()),
            f -> {
              filter.choose(f.group().isEmpty() ? null : LessonState.valueOf(f.group()));
              search.setText(f.letters());
            },
            name -> texts.word("lessons.state", LessonState.valueOf(name)));
    var head = Widgets.head(title, filter, Widgets.grow(summary), search, saved);
    table = newTable();
    inspector = new LessonInspector(context);
    table.chosen().subscribe(_ -> inspect());
    split = MasterDetail.of(context, "lessons.split", 0.58, inspector, table.framed());
    body.getChildren().setAll(split);
    node = Widgets.screen(head, body);
  }

  @Override
  public Region node() {
    return node;
  }

  @Override
  public void shown() {
    watching = context.live().lessons().watch(this::renew);
  }

  @Override
  public void hidden() {
    watching.unsubscribe();
  }

  @Override
  public void open(String id) {
    if (context.live().lessons().get(id).isPresent()) {
      filter.choose(null);
      search.clear();
      renew();
      table.choose(id);
    }
  }

  @Override
  public EntityTable<LessonViews.Lesson> table() {
    return table;
  }

  @Override
  public FilterField search() {
    return search;
  }

  private EntityTable<LessonViews.Lesson> newTable() {
    return EntityTable.<LessonViews.Lesson>of(context, texts.text("place.lessons"), this::renew)
        .column(
            texts.text("lessons.col.failure"),
            300,
            180,
            0,
            EntityTable.by(LessonViews.Lesson::text),
            CellContent.text(l -> DisplayText.template(l.text()), "strong"))
        .column(
            texts.text("lessons.col.where"),
            130,
            90,
            3,
            EntityTable.by(LessonViews.Lesson::source),
            CellContent.text(l -> source(texts, l), "soft"))
        .column(
            texts.text("lessons.col.seen"),
            64,
            60,
            1,
            Comparator.comparingInt(LessonViews.Lesson::seen).reversed(),
            CellContent.text(l -> texts.text("lessons.times", l.seen()), "mono"))
        .column(
            texts.text("lessons.col.last"),
            96,
            84,
            4,
            Comparator.comparing(LessonViews.Lesson::lastAt).reversed(),
            CellContent.text(l -> texts.ago(l.lastAt(), context.live().now().get()), "soft"))
        .column(
            texts.text("lessons.col.state"),
            140,
            124,
            2,
            Comparator.comparing(LessonViews.Lesson::state),
            CellContent.of(() -> Widgets.label(""), this::fillState))
        .remember("lessons")
        .menu(
            new EntityMenu<LessonViews.Lesson>(context)
                .send(
                    Icon.CHECK,
                    "lessons.accept",
                    l -> l.state() != LessonState.ACCEPTED,
                    l -> new Command.JudgeLesson(l.id(), LessonState.ACCEPTED),
                    l -> new Command.JudgeLesson(l.id(), l.state()))
                .send(
                    Icon.PAUSE,
                    "lessons.mute",
                    l -> l.state() != LessonState.MUTED,
                    l -> new Command.JudgeLesson(l.id(), LessonState.MUTED),
                    l -> new Command.JudgeLesson(l.id(), l.state()))
                .send(
                    Icon.CANCEL,
                    "lessons.delete",
                    l -> true,
                    l -> new Command.JudgeLesson(l.id(), LessonState.DELETED),
                    l -> new Command.JudgeLesson(l.id(), l.state()))
                .line()
                .copy("menu.copy.text", l -> DisplayText.template(l.text())));
  }

  static String source(Texts texts, LessonViews.Lesson l) {
    if (l.source().startsWith("gate ")) {
      return texts.text("lessons.gate", l.source().substring(5));
    }
    return l.source().equals("agent") ? texts.text("lessons.learned") : l.source();
  }

  private void fillState(Label label, LessonViews.Lesson l) {
    label.setText(state(texts, l));
    tone(l).on(label);
  }

  static String state(Texts texts, LessonViews.Lesson l) {
    if (l.state() != LessonState.NEW) {
      return texts.word("lessons.state", l.state());
    }
    return texts.text(l.offered() ? "lessons.offered" : "lessons.state.new");
  }

  static Tone tone(LessonViews.Lesson l) {
    return switch (l.state()) {
      case ACCEPTED -> Tone.GREEN;
      case NEW -> l.offered() ? Tone.BLUE : Tone.AMBER;
      case MUTED, DELETED -> Tone.NEUTRAL;
    };
  }

  private void renew() {
    var all = context.live().lessons().all();
    var pills = new ArrayList<FilterBar.Pill<LessonState>>();
    pills.add(new FilterBar.Pill<>(null, texts.text("filter.all"), all.size()));
    for (var state : SHOWN) {
      pills.add(
          new FilterBar.Pill<>(
              state,
              texts.word("lessons.state", state),
              all.stream().filter(l -> l.state() == state).count()));
    }
    filter.show(pills);
    summary.setText(
        texts.text(
            "lessons.summary",
            all.stream().filter(l -> l.remedy() != null).count(),
            all.stream().filter(LessonViews.Lesson::offered).count()));
    var wanted = new ArrayList<LessonViews.Lesson>();
    for (var l : all) {
      if ((filter.chosen() == null || filter.chosen() == l.state())
          && search.finds(l.text(), l.source(), l.remedy())) {
        wanted.add(l);
      }
    }
    wanted.sort(table.order(byWorth()));
    table.renew(wanted);
    if (table.chosen().get() == null && !wanted.isEmpty()) {
      table.choose(wanted.getFirst().id());
    }
    if (all.isEmpty()) {
      body.getChildren()
          .setAll(
              Widgets.card(
                  Widgets.grow(
                      EmptyState.empty(
                          Icon.LESSON,
                          texts.text("lessons.empty"),
                          texts.text("lessons.empty.more"),
                          Widgets.button(
                              texts.text("lessons.empty.look"),
                              () -> context.go().to(ScreenId.TASKS, null))))));
    } else if (body.getChildren().getFirst() != split) {
      body.getChildren().setAll(split);
    }
    inspect();
  }

  /** What comes most often first; what nobody wants to hear of last. */
  private static Comparator<LessonViews.Lesson> byWorth() {
    return Comparator.<LessonViews.Lesson, Boolean>comparing(l -> l.state() == LessonState.MUTED)
        .thenComparing(Comparator.comparingInt(LessonViews.Lesson::seen).reversed())
        .thenComparing(Comparator.comparing(LessonViews.Lesson::lastAt).reversed())
        .thenComparing(LessonViews.Lesson::id);
  }

  private void inspect() {
    inspector.show(context.live().lessons().get(table.chosen().get()).orElse(null));
  }
}
