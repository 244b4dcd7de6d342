package dev.hivedeck.ui.view.lesson;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.Sighting;
import dev.hivedeck.engine.protocol.view.LessonViews;
import dev.hivedeck.engine.protocol.view.LessonViews.LessonState;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.settings.Drafts.Draft;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.EmptyState;
import dev.hivedeck.ui.shell.widget.ErrorBoundary;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.Objects;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;

/** One lesson: what fails, what helped, in which attempts, and what a person says of it. */
final class LessonInspector extends StackPane {
  private final ScreenContext context;
  private final Texts texts;
  private final ErrorBoundary boundary;
  private final Label title = Widgets.heading("", "inspector-title");
  private final Label state = Widgets.label("", "strong");
  private final Label facts = Widgets.label("", "soft");
  private final Button accept;
  private final Button mute;
  private final TextArea remedy = new TextArea();
  private final Label told = Widgets.prose("", "muted");
  private final Button from;
  private final Button save;
  private final Button asItWas;
  private final VBox sightings = new VBox(10);
  private final ScrollPane content;
  private final BooleanProperty same = new SimpleBooleanProperty(true);
  private final Draft written;
  private LessonViews.Lesson lesson;
  private Object asked;

  LessonInspector(ScreenContext context) {
    this.context = context;
    this.texts = context.texts();
    boundary = new ErrorBoundary(this, texts);
    state.setMinWidth(Region.USE_PREF_SIZE);
    accept = context.act(texts.text("lessons.accept"), () -> judge(LessonState.ACCEPTED), "accent");
    mute = context.act("", this::muteOrNot);
    var delete =
        context.act(
            texts.text("lessons.delete"),
            () -> judge(LessonState.DELETED),
            "danger",
            "button-outlined");
    var reins =
        Widgets.column(6, Widgets.row(8, state, facts), Widgets.flow(8, 6, accept, mute, delete));
    remedy.setWrapText(true);
    remedy.setPrefRowCount(3);
    remedy.setPromptText(texts.text("lessons.remedy.none"));
    remedy.setAccessibleText(texts.text("lessons.remedy"));
    from = Widgets.link("", () -> context.go().to(ScreenId.TASKS, lesson.remediedBy()));
    save = context.act(Widgets.button(texts.text("lessons.save"), this::save), same);
    asItWas = Widgets.link(texts.text("lessons.revert"), this::revert);
    written = context.drafts().of(remedy);
    remedy.textProperty().addListener((_, _, _) -> buttons());
    remedy.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (Hotkey.SEND.pressed(e) && !save.isDisabled()) {
            save();
            e.consume();
          }
        });
    var scroll = new ScrollPane(sightings);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("plain-scroll");
    scroll.setMinHeight(120);
    var lines =
        new VBox(
            10,
            title,
            reins,
            Widgets.label(texts.text("lessons.remedy"), "card-title"),
            remedy,
            Widgets.row(8, Widgets.grow(from), asItWas, save),
            told,
            Widgets.label(texts.text("lessons.sightings"), "card-title"),
            Widgets.grow(scroll));
    content = Widgets.scroll(lines);
  }

  /** Shows this lesson; null for none. */
  void show(LessonViews.Lesson wanted) {
    boundary.fill(() -> fill(wanted));
  }

  private void fill(LessonViews.Lesson wanted) {
    var before = lesson;
    boolean other = before == null || wanted == null || !before.id().equals(wanted.id());
    boolean edited = !other && !remedy.getText().strip().equals(remedy(before));
    lesson = wanted;
    if (wanted == null) {
      getChildren()
          .setAll(
              EmptyState.empty(
                  Icon.LESSON, texts.text("lessons.choose"), texts.text("lessons.choose.more")));
      return;
    }
    if (getChildren().isEmpty() || getChildren().getFirst() != content) {
      getChildren().setAll(content);
    }
    title.setText(DisplayText.template(wanted.text()));
    state.setText(LessonsScreen.state(texts, wanted));
    LessonsScreen.tone(wanted).on(state);
    facts.setText(
        texts.text(
            "lessons.facts",
            LessonsScreen.source(texts, wanted),
            wanted.seen(),
            String.join(", ", wanted.agents())));
    Widgets.show(accept, wanted.state() != LessonState.ACCEPTED);
    mute.setText(
        texts.text(wanted.state() == LessonState.MUTED ? "lessons.unmute" : "lessons.mute"));
    if (!edited) {
      // What somebody is writing is not taken from under the hands.
      written.at("lesson " + wanted.id(), remedy(wanted));
    }
    from.setText(
        wanted.remediedBy() == null ? "" : texts.text("lessons.from", wanted.remediedBy()));
    from.setVisible(wanted.remediedBy() != null);
    told.setText(texts.text(wanted.offered() ? "lessons.told" : "lessons.untold"));
    buttons();
    ask(other);
  }

  /** As it can be shown and written in a field. */
  private static String remedy(LessonViews.Lesson lesson) {
    return DisplayText.text(Objects.requireNonNullElse(lesson.remedy(), "")).strip();
  }

  private void buttons() {
    boolean changed = lesson != null && !remedy.getText().strip().equals(remedy(lesson));
    same.set(!changed);
    asItWas.setVisible(changed);
  }

  private void ask(boolean other) {
    var key =
        List.of(lesson.id(), lesson.seen(), Objects.requireNonNullElse(lesson.remediedBy(), ""));
    if (key.equals(asked)) {
      return;
    }
    asked = key;
    if (other) {
      sightings.getChildren().clear();
    }
    context
        .steering()
        .query(new Query.Sightings(lesson.id()))
        .whenComplete(
            (answer, failure) -> {
              if (key.equals(asked)) {
                sightings
                    .getChildren()
                    .setAll(
                        failure == null
                            ? rows(answer)
                            : List.of(Widgets.label(texts.text("lessons.failed"), "muted")));
                asked = failure == null ? key : null;
              }
            });
  }

  private List<Region> rows(JsonNode answer) {
    var rows = new java.util.ArrayList<Region>();
    answer.forEach(node -> rows.add(row(Json.as(node, Sighting.class))));
    return rows;
  }

  private Region row(Sighting s) {
    var attempt = Widgets.link(s.attempt(), () -> context.go().to(ScreenId.TASKS, s.attempt()));
    var agent = Widgets.link(s.agent(), () -> context.go().to(ScreenId.AGENTS, s.agent()));
    var age = Widgets.label(texts.ago(s.at(), context.live().now().get()), "muted");
    age.setMinWidth(Region.USE_PREF_SIZE);
    var first = Widgets.row(8, attempt, agent, Widgets.spacer(), age);
    if (s.remedied() != null) {
      first
          .getChildren()
          .add(
              2,
              Widgets.link(
                  texts.text("lessons.remedied", s.remedied()),
                  () -> context.go().to(ScreenId.TASKS, s.remedied())));
    }
    return Widgets.column(2, first, Widgets.prose(s.text(), "soft"));
  }

  // ── the person's word ───────────────────────────────────────────────────────────────────────

  private void muteOrNot() {
    judge(lesson.state() == LessonState.MUTED ? LessonState.NEW : LessonState.MUTED);
  }

  private void judge(LessonState now) {
    var id = lesson.id();
    var before = lesson.state();
    context
        .steering()
        .execute(new Command.JudgeLesson(id, now))
        .thenAccept(
            _ ->
                context
                    .notices()
                    .done(
                        texts.text("lessons.judged." + now.word()),
                        () -> context.steering().execute(new Command.JudgeLesson(id, before))));
  }

  private void save() {
    var id = lesson.id();
    var before = lesson.remedy();
    var words = remedy.getText().strip();
    context
        .steering()
        .execute(new Command.WordLesson(id, words))
        .thenAccept(
            _ -> {
              context.drafts().put("lesson " + id, "");
              context
                  .notices()
                  .done(
                      texts.text("lessons.saved"),
                      () -> context.steering().execute(new Command.WordLesson(id, before)));
            });
  }

  private void revert() {
    written.done();
    written.at("lesson " + lesson.id(), remedy(lesson));
  }
}
