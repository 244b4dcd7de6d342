package dev.hivedeck.ui.view.plan;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.schedule.ScheduleCommand;
import dev.hivedeck.engine.protocol.schedule.ScheduleQuery;
import dev.hivedeck.engine.protocol.schedule.ScheduleViews.Schedule;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** When the next task of each schedule comes, and what became of the last; nothing without any. */
final class ScheduleBar extends VBox {
  /** More are only counted. */
  private static final int MOST = 3;

  private final ScreenContext context;
  private final Texts texts;
  private List<Schedule> shown = List.of();
  private boolean asking;
  private boolean again;

  ScheduleBar(ScreenContext context) {
    super(6);
    this.context = context;
    this.texts = context.texts();
    getStyleClass().add("verdict");
    Widgets.show(this, false);
  }

  /** Follows them while their screen is looked at. */
  Subscription watch() {
    return Subscription.combine(
        context.live().tasks().watch(this::renew),
        context.live().workspace().subscribe(_ -> renew()));
  }

  /** One question at a time: tasks change many times a second. */
  private void renew() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    context
        .steering()
        .query(new ScheduleQuery.Schedules())
        .thenAccept(
            answer -> {
              var all = new ArrayList<Schedule>();
              answer.forEach(one -> all.add(Json.as(one, Schedule.class)));
              show(all);
            })
        .whenComplete(
            (_, _) -> {
              asking = false;
              if (again) {
                again = false;
                renew();
              }
            });
  }

  private void show(List<Schedule> all) {
    if (all.equals(shown)) {
      return; // A button that is pressed must not be replaced meanwhile.
    }
    shown = List.copyOf(all);
    getChildren().clear();
    all.stream().limit(MOST).forEach(this::fill);
    if (all.size() > MOST) {
      getChildren().add(Widgets.label(texts.text("schedule.more", all.size() - MOST), "muted"));
    }
    Widgets.show(this, !all.isEmpty());
  }

  private void fill(Schedule schedule) {
    var next = schedule.next();
    var nodes = new ArrayList<Node>();
    nodes.add(Tone.NEUTRAL.on(Icon.CLOCK.node()));
    nodes.add(Widgets.label(DisplayText.line(schedule.title()), "strong"));
    nodes.add(
        Widgets.label(
            next == null
                ? texts.text("schedule.never")
                : texts.text("schedule.next", texts.minute(next)),
            "soft"));
    nodes.add(Widgets.label(schedule.name() + " · " + schedule.cron(), "mono", "muted"));
    nodes.add(
        context.act(
            texts.text("schedule.run"),
            () -> context.steering().execute(new ScheduleCommand.RunSchedule(schedule.name()))));
    getChildren().add(Widgets.flow(10, 4, nodes.toArray(Node[]::new)));
    String note = schedule.note();
    if (note != null) {
      getChildren().add(Tone.AMBER.on(Widgets.prose(texts.said(note))));
    }
  }
}
