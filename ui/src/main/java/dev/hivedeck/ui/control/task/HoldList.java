package dev.hivedeck.ui.control.task;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Query;
import dev.hivedeck.engine.protocol.Query.Hold;
import dev.hivedeck.engine.protocol.view.TaskViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.layout.VBox;

/** Why a task is not being worked on, as the engine tells it, each reason with its way out. */
public final class HoldList extends VBox {
  private final ScreenContext context;
  private final Texts texts;
  private final boolean named;
  private String task;
  private Object asked;
  private List<Hold> shown = List.of();

  /**
   * @param named whether it says which task it is about
   */
  public HoldList(ScreenContext context, boolean named) {
    super(4);
    this.context = context;
    this.named = named;
    this.texts = context.texts();
    getStyleClass().addAll("reason", "why-not");
    Tone.AMBER.on(this);
    setMinHeight(USE_PREF_SIZE);
    Widgets.show(this, false);
  }

  /**
   * Asks anew, when what it depends on has changed.
   *
   * @param wanted null for none
   */
  public void show(TaskViews.Task wanted) {
    var w = context.live().workspace().get();
    var stats = context.live().stats().get();
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
    context
        .steering()
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
  public static boolean waits(TaskViews.Task task) {
    return task.state() == TaskViews.TaskState.READY
        || task.state() == TaskViews.TaskState.BLOCKED
        || task.state() == TaskViews.TaskState.DELAYED;
  }

  private void show(List<Hold> holds) {
    if (holds.equals(shown) && isVisible() == !holds.isEmpty()) {
      return;
    }
    shown = holds;
    var lines = new ArrayList<Node>();
    for (var hold : holds) {
      var line =
          Widgets.row(
              8,
              Icon.WAITING.node(),
              Widgets.grow(Widgets.prose((named ? task + ": " : "") + words(texts, hold))));
      var way = wayOut(hold);
      if (way != null) {
        line.getChildren().add(way);
      }
      lines.add(line);
    }
    getChildren().setAll(lines);
    Widgets.show(this, !holds.isEmpty());
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
      case "no-agent" ->
          hold.what().isEmpty() ? texts.text("why.no-agents") : texts.text(key, hold.what());
      case "agent-busy" -> texts.text(key, (Object[]) hold.what().split(": ", 2));
      default -> texts.text(key, texts.said(hold.what()));
    };
  }

  private Button wayOut(Hold hold) {
    return switch (hold.code()) {
      case "hive-paused" -> context.act(texts.text("action.work"), context.go()::work, "link");
      case "untrusted" -> link("banner.untrusted.look", ScreenId.SETTINGS, "trust");
      case "agent-paused" -> link("why.look", ScreenId.AGENTS, hold.what());
      case "agent-busy" -> link("why.look", ScreenId.AGENTS, hold.what().split(":")[0]);
      case "agent-missing", "no-agent" -> link("why.agents", ScreenId.AGENTS, null);
      case "decision" -> link("why.answer", ScreenId.DECISIONS, hold.what());
      case "needs" -> link("why.look", ScreenId.TASKS, hold.what().split(", ")[0]);
      default -> null;
    };
  }

  private Button link(String key, ScreenId screen, String id) {
    return Widgets.button(texts.text(key), () -> context.go().to(screen, id), "link");
  }
}
