package dev.hivedeck.ui.view.rollout;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.rollout.RolloutCommand;
import dev.hivedeck.engine.protocol.rollout.RolloutQuery;
import dev.hivedeck.engine.protocol.rollout.RolloutStrategy;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.Rollout;
import dev.hivedeck.engine.protocol.rollout.RolloutViews.RolloutOffer;
import dev.hivedeck.engine.protocol.service.ServiceRegistration;
import dev.hivedeck.engine.protocol.service.ServiceViews.Service;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.notice.ErrorMessages;
import dev.hivedeck.ui.shell.notice.SheetCommand;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.widget.Sheet;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.layout.GridPane;

/** Begins to expose another version: which rollout of hive.yaml, and which version. */
final class StartSheet {
  private static final double WIDTH = 560;

  private final ScreenContext context;
  private final Texts texts;
  private final RolloutWords words;
  private final Consumer<String> done;
  private final ComboBox<String> rollout = new ComboBox<>();
  private final ComboBox<String> canary = new ComboBox<>();
  private final Label steps = Widgets.prose("", "soft");
  private final Label hint = Widgets.prose("", "soft");
  private final SimpleBooleanProperty off = new SimpleBooleanProperty(true);
  private final SheetCommand command;
  private Sheet sheet;
  private List<RolloutOffer> offers = List.of();

  private StartSheet(ScreenContext context, RolloutWords words, Consumer<String> done) {
    this.context = context;
    this.texts = context.texts();
    this.command = new SheetCommand(context, this::check);
    this.words = words;
    this.done = done;
    for (var box : List.of(rollout, canary)) {
      box.setMaxWidth(Double.MAX_VALUE);
    }
    rollout.valueProperty().subscribe(_ -> choose());
    canary.valueProperty().subscribe(_ -> check());
  }

  /**
   * @param done hears the id of what was started
   */
  static void open(ScreenContext context, RolloutWords words, Consumer<String> done) {
    new StartSheet(context, words, done).open();
  }

  private void open() {
    var form = new GridPane(12, 10);
    form.getStyleClass().add("form");
    Widgets.addRow(form, texts.text("rollout.start.rollout"), rollout);
    Widgets.addRow(form, texts.text("rollout.start.canary"), canary);
    command.typed();
    hint.setText(texts.text("rollout.start.asked"));
    var act =
        context.act(Widgets.button(texts.text("rollout.start.do"), this::send, "accent"), off);
    sheet =
        new Sheet(
                texts.text("rollout.start.title"),
                WIDTH,
                Widgets.prose(texts.text("rollout.start.why"), "soft"),
                form,
                steps,
                hint,
                command.refused())
            .actions(
                Widgets.button(texts.text("services.empty.write"), this::write),
                Widgets.button(texts.text("slo.cancel"), context.go()::closeSheet),
                act);
    context.go().sheet(sheet, rollout);
    context
        .steering()
        .query(new RolloutQuery.Offers())
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                take(RolloutFeed.all(answer, RolloutOffer.class));
              } else {
                hint.setText(texts.said(ErrorMessages.of(failure).message()));
              }
            });
  }

  private void write() {
    context.go().closeSheet();
    context.go().to(ScreenId.SETTINGS, null);
  }

  private void take(List<RolloutOffer> found) {
    offers = found;
    rollout.getItems().setAll(found.stream().map(RolloutOffer::name).toList());
    found.stream()
        .filter(o -> o.problem() == null)
        .findFirst()
        .or(() -> found.stream().findFirst())
        .ifPresentOrElse(
            o -> rollout.setValue(o.name()), () -> hint.setText(texts.text("rollout.start.none")));
  }

  private RolloutOffer offer() {
    return offers.stream()
        .filter(o -> o.name().equals(rollout.getValue()))
        .findFirst()
        .orElse(null);
  }

  private void choose() {
    var offer = offer();
    var items = new ArrayList<String>();
    if (offer != null) {
      items.addAll(offer.canaries());
      items.addAll(changes(offer));
    }
    canary.getItems().setAll(items);
    canary.setValue(items.isEmpty() ? null : items.getFirst());
    if (offer != null) {
      steps.setText(
          texts.text(
              "rollout.start.steps",
              words.subject(offer.service()),
              offer.stable() == null ? texts.text("rollout.unknown") : offer.stable(),
              offer.strategy() == RolloutStrategy.BLUE_GREEN
                  ? texts.text("rollout.start.switch", words.span(offer.steps().getLast().hold()))
                  : offer.steps().stream()
                      .map(s -> words.percent(s.weight()) + " " + words.span(s.hold()))
                      .collect(Collectors.joining(" → "))));
    }
    check();
  }

  /** Changes that are open, of a service that Hivedeck runs. */
  private List<String> changes(RolloutOffer offer) {
    boolean isRun =
        context.live().things(ServiceRegistration.SERVICE, Service.class).all().stream()
            .anyMatch(s -> s.id().equals(offer.service()) && s.run() != null);
    return isRun
        ? context.live().changes().all().stream()
            .filter(c -> c.state() == ChangeState.OPEN || c.state() == ChangeState.QUEUED)
            .map(Change::id)
            .toList()
        : List.of();
  }

  private void check() {
    command.typed();
    var offer = offer();
    if (offer == null) {
      return;
    }
    boolean none = offer.problem() == null && canary.getValue() == null;
    hint.setText(
        offer.problem() != null
            ? texts.said(offer.problem())
            : none ? texts.text("rollout.start.versions") : "");
    off.set(command.isSending() || offer.problem() != null || none);
  }

  private void send() {
    if (off.get()) {
      return;
    }
    var name = rollout.getValue();
    var chosen = canary.getValue();
    var offer = offer();
    boolean isVersion = offer != null && offer.canaries().contains(chosen);
    command.send(
        sheet,
        new RolloutCommand.StartRollout(name, isVersion ? chosen : null, isVersion ? null : chosen),
        (answer, looks) -> {
          context.notices().say(texts.text("rollout.start.done", name));
          if (looks && answer.has("id")) {
            done.accept(Json.as(answer, Rollout.class).id());
          }
        });
  }
}
