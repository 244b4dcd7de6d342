package dev.hivedeck.ui.view.lesson;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.Sighting;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.engine.protocol.Views.LessonState;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Place;
import dev.hivedeck.ui.shell.part.Guard;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.part.Placard;
import dev.hivedeck.ui.shell.settings.Drafts.Draft;
import dev.hivedeck.ui.shell.text.Hotkey;
import dev.hivedeck.ui.shell.text.Plain;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
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
  private final Desk desk;
  private final Texts texts;
  private final Guard guard;
  private final Label title = Parts.heading("", "inspector-title");
  private final Label state = Parts.label("", "strong");
  private final Label facts = Parts.label("", "soft");
  private final Button accept;
  private final Button mute;
  private final TextArea remedy = new TextArea();
  private final Label told = Parts.prose("", "muted");
  private final Button from;
  private final Button save;
  private final Button asItWas;
  private final VBox sightings = new VBox(10);
  private final ScrollPane content;
  private final BooleanProperty same = new SimpleBooleanProperty(true);
  private final Draft written;
  private Views.Lesson lesson;
  private Object asked;

  LessonInspector(Desk desk) {
    this.desk = desk;
    this.texts = desk.texts();
    guard = new Guard(this, texts);
    state.setMinWidth(Region.USE_PREF_SIZE);
    accept = desk.act(texts.text("lessons.accept"), () -> judge(LessonState.ACCEPTED), "accent");
    mute = desk.act("", this::muteOrNot);
    var delete =
        desk.act(
            texts.text("lessons.delete"),
            () -> judge(LessonState.DELETED),
            "danger",
            "button-outlined");
    var reins = Parts.column(6, Parts.row(8, state, facts), Parts.flow(8, 6, accept, mute, delete));
    remedy.setWrapText(true);
    remedy.setPrefRowCount(3);
    remedy.setPromptText(texts.text("lessons.remedy.none"));
    remedy.setAccessibleText(texts.text("lessons.remedy"));
    from = Parts.link("", () -> desk.go().to(Place.TASKS, lesson.remediedBy()));
    save = desk.act(Parts.button(texts.text("lessons.save"), this::save), same);
    asItWas = Parts.link(texts.text("lessons.revert"), this::revert);
    written = desk.drafts().of(remedy);
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
            Parts.label(texts.text("lessons.remedy"), "card-title"),
            remedy,
            Parts.row(8, Parts.grow(from), asItWas, save),
            told,
            Parts.label(texts.text("lessons.sightings"), "card-title"),
            Parts.grow(scroll));
    content = Parts.scroll(lines);
  }

  /** Shows this lesson; null for none. */
  void show(Views.Lesson wanted) {
    guard.fill(() -> fill(wanted));
  }

  private void fill(Views.Lesson wanted) {
    var before = lesson;
    boolean other = before == null || wanted == null || !before.id().equals(wanted.id());
    boolean edited = !other && !remedy.getText().strip().equals(remedy(before));
    lesson = wanted;
    if (wanted == null) {
      getChildren()
          .setAll(
              Placard.empty(
                  Icon.LESSON, texts.text("lessons.choose"), texts.text("lessons.choose.more")));
      return;
    }
    if (getChildren().isEmpty() || getChildren().getFirst() != content) {
      getChildren().setAll(content);
    }
    title.setText(Plain.template(wanted.text()));
    state.setText(LessonsScreen.state(texts, wanted));
    LessonsScreen.tone(wanted).on(state);
    facts.setText(
        texts.text(
            "lessons.facts",
            LessonsScreen.source(texts, wanted),
            wanted.seen(),
            String.join(", ", wanted.agents())));
    Parts.show(accept, wanted.state() != LessonState.ACCEPTED);
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
  private static String remedy(Views.Lesson lesson) {
    return Plain.text(Objects.requireNonNullElse(lesson.remedy(), "")).strip();
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
    desk.steering()
        .query(new Query.Sightings(lesson.id()))
        .whenComplete(
            (answer, failure) -> {
              if (key.equals(asked)) {
                sightings
                    .getChildren()
                    .setAll(
                        failure == null
                            ? rows(answer)
                            : List.of(Parts.label(texts.text("lessons.failed"), "muted")));
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
    var attempt = Parts.link(s.attempt(), () -> desk.go().to(Place.TASKS, s.attempt()));
    var agent = Parts.link(s.agent(), () -> desk.go().to(Place.AGENTS, s.agent()));
    var age = Parts.label(texts.ago(s.at(), desk.live().now().get()), "muted");
    age.setMinWidth(Region.USE_PREF_SIZE);
    var first = Parts.row(8, attempt, agent, Parts.spacer(), age);
    if (s.remedied() != null) {
      first
          .getChildren()
          .add(
              2,
              Parts.link(
                  texts.text("lessons.remedied", s.remedied()),
                  () -> desk.go().to(Place.TASKS, s.remedied())));
    }
    return Parts.column(2, first, Parts.prose(s.text(), "soft"));
  }

  // ── the person's word ───────────────────────────────────────────────────────────────────────

  private void muteOrNot() {
    judge(lesson.state() == LessonState.MUTED ? LessonState.NEW : LessonState.MUTED);
  }

  private void judge(LessonState now) {
    var id = lesson.id();
    var before = lesson.state();
    desk.steering()
        .execute(new Command.JudgeLesson(id, now))
        .thenAccept(
            _ ->
                desk.notices()
                    .done(
                        texts.text("lessons.judged." + now.word()),
                        () -> desk.steering().execute(new Command.JudgeLesson(id, before))));
  }

  private void save() {
    var id = lesson.id();
    var before = lesson.remedy();
    var words = remedy.getText().strip();
    desk.steering()
        .execute(new Command.WordLesson(id, words))
        .thenAccept(
            _ -> {
              desk.drafts().put("lesson " + id, "");
              desk.notices()
                  .done(
                      texts.text("lessons.saved"),
                      () -> desk.steering().execute(new Command.WordLesson(id, before)));
            });
  }

  private void revert() {
    written.done();
    written.at("lesson " + lesson.id(), remedy(lesson));
  }
}
