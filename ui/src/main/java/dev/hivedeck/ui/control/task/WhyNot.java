package dev.hivedeck.ui.control.task;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.Hold;
import dev.hivedeck.engine.protocol.Views;
import dev.hivedeck.ui.shell.Desk;
import dev.hivedeck.ui.shell.Place;
import dev.hivedeck.ui.shell.part.Parts;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.layout.VBox;

/** Why a task is not being worked on, as the engine tells it, each reason with its way out. */
public final class WhyNot extends VBox {
  private final Desk desk;
  private final Texts texts;
  private final boolean named;
  private String task;
  private Object asked;
  private List<Hold> shown = List.of();

  /**
   * @param named whether it says which task it is about
   */
  public WhyNot(Desk desk, boolean named) {
    super(4);
    this.desk = desk;
    this.named = named;
    this.texts = desk.texts();
    getStyleClass().addAll("reason", "why-not");
    Tone.AMBER.on(this);
    setMinHeight(USE_PREF_SIZE);
    Parts.show(this, false);
  }

  /**
   * Asks anew, when what it depends on has changed.
   *
   * @param wanted null for none
   */
  public void show(Views.Task wanted) {
    var w = desk.live().workspace().get();
    var stats = desk.live().stats().get();
    if (wanted == null || !waits(wanted)) {
      task = null;
      asked = null;
      show(List.of());
      return;
    }
    var key =
        List.of(
            wanted.id(),
            wanted.state(),
            wanted.needs(),
            w != null && w.started(),
            w != null && w.trusted(),
            stats == null ? List.of() : List.of(stats.running(), stats.held()));
    if (key.equals(asked)) {
      return;
    }
    if (!wanted.id().equals(task)) {
      task = wanted.id();
      show(List.of());
    }
    asked = key;
    desk.steering()
        .query(new Query.Why(task))
        .whenComplete(
            (answer, failure) -> {
              if (!key.equals(asked)) {
                return;
              }
              if (failure != null) {
                asked = null; // It is asked again with the next news.
                return;
              }
              var holds = new ArrayList<Hold>();
              answer.forEach(h -> holds.add(Json.as(h, Hold.class)));
              show(holds);
            });
  }

  /** Whether one would ask: it could be worked on, and is not. */
  public static boolean waits(Views.Task task) {
    return task.state() == Views.TaskState.READY
        || task.state() == Views.TaskState.BLOCKED
        || task.state() == Views.TaskState.DELAYED;
  }

  private void show(List<Hold> holds) {
    if (holds.equals(shown) && isVisible() == !holds.isEmpty()) {
      return;
    }
    shown = holds;
    var lines = new ArrayList<Node>();
    for (var hold : holds) {
      var line =
          Parts.row(
              8,
              Icon.WAITING.node(),
              Parts.grow(Parts.prose((named ? task + ": " : "") + words(texts, hold))));
      var way = wayOut(hold);
      if (way != null) {
        line.getChildren().add(way);
      }
      lines.add(line);
    }
    getChildren().setAll(lines);
    Parts.show(this, !holds.isEmpty());
  }

  /** The reason in a sentence. */
  public static String words(Texts texts, Hold hold) {
    var key = "why." + hold.code();
    if (!texts.has(key)) {
      return texts.said(hold.what());
    }
    return switch (hold.code()) {
      case "next" -> texts.text(key, Long.parseLong(hold.what()));
      case "delayed" ->
          hold.what().isEmpty()
              ? texts.text("why.delayed.soon")
              : texts.text(key, texts.time(Instant.parse(hold.what())));
      case "agent-busy" -> texts.text(key, (Object[]) hold.what().split(": ", 2));
      default -> texts.text(key, texts.said(hold.what()));
    };
  }

  private Button wayOut(Hold hold) {
    return switch (hold.code()) {
      case "hive-paused" -> desk.act(texts.text("action.work"), desk.go()::work, "link");
      case "untrusted" -> link("banner.untrusted.look", Place.SETTINGS, "trust");
      case "agent-paused" -> link("why.look", Place.AGENTS, hold.what());
      case "agent-busy" -> link("why.look", Place.AGENTS, hold.what().split(":")[0]);
      case "agent-missing", "no-agent" -> link("why.agents", Place.AGENTS, null);
      case "decision" -> link("why.answer", Place.DECISIONS, hold.what());
      case "needs" -> link("why.look", Place.TASKS, hold.what().split(", ")[0]);
      default -> null;
    };
  }

  private Button link(String key, Place place, String id) {
    return Parts.button(texts.text(key), () -> desk.go().to(place, id), "link");
  }
}
