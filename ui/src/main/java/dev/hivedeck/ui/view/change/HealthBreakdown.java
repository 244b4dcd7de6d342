package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.figure.FigureQuery;
import dev.hivedeck.engine.protocol.figure.FigureViews.ChangeHolders;
import dev.hivedeck.engine.protocol.view.ChangeViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import javafx.scene.control.Label;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What a change's health is made of, point by point. */
final class HealthBreakdown extends VBox {
  /** From so many points on a loss is shown as heavy. */
  private static final int HEAVY = -15;

  private final ScreenContext context;
  private int number;
  private int health;
  private List<String> reasons = List.of();
  private final Label held = Widgets.prose("", "soft");

  HealthBreakdown(ScreenContext context) {
    super(6);
    this.context = context;
    getStyleClass().add("why");
  }

  void show(ChangeViews.Change change) {
    Widgets.show(this, change != null);
    if (change == null
        || change.number() == number
            && change.health() == health
            && change.healthReasons().equals(reasons)) {
      return;
    }
    ask(change);
    number = change.number();
    health = change.health();
    reasons = change.healthReasons();
    getChildren()
        .setAll(Widgets.label(context.texts().text("changes.why", number, health), "card-title"));
    getChildren().add(held);
    for (String reason : reasons) {
      int space = reason.indexOf(' ');
      var points = Widgets.label(reason.substring(0, Math.max(0, space)).replace('-', '−'), "mono");
      points.setMinWidth(Region.USE_PREF_SIZE);
      tone(reason).on(points);
      getChildren()
          .add(
              Widgets.row(
                  8,
                  points,
                  Widgets.grow(Widgets.prose(context.texts().said(reason.substring(space + 1))))));
    }
  }

  /** For how long it has been whose turn with it. */
  private void ask(ChangeViews.Change change) {
    if (change.number() != number) {
      held.setText("");
      Widgets.show(held, false);
    }
    context
        .steering()
        .query(new FigureQuery.Holders(change.id()))
        .thenAccept(
            answer -> {
              if (change.number() == number && answer.hasNonNull("held")) {
                tell(Json.as(answer, ChangeHolders.class));
              }
            });
  }

  private void tell(ChangeHolders holders) {
    var texts = context.texts();
    held.setText(
        texts.text(
            "changes.held",
            String.join(
                " · ",
                holders.held().stream()
                    .map(
                        h ->
                            texts.word("change.holder", h.holder())
                                + " "
                                + texts.count(Math.round(h.seconds() / 60)))
                    .toList())));
    Widgets.show(held, !holders.held().isEmpty());
  }

  private static Tone tone(String reason) {
    int space = reason.indexOf(' ');
    int points = points(reason.substring(0, Math.max(0, space)));
    return points >= 0 ? Tone.GREEN : points > HEAVY ? Tone.AMBER : Tone.RED;
  }

  private static int points(String word) {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
