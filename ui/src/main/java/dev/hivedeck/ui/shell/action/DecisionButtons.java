package dev.hivedeck.ui.shell.action;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Command;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.layout.Region;

/** The options of a decision as buttons: the first is proposed, a refusal looks like one. */
public final class DecisionButtons {
  /** An answer that is longer reads as a sentence, and gets lines of its own. */
  private static final int BRIEF = 36;

  private static final Set<String> REFUSALS =
      Set.of("no", "reject", "deny", "stop", "cancel", "refuse", "abort", "nein", "ablehnen");

  private final ScreenContext context;

  public DecisionButtons(ScreenContext context) {
    this.context = context;
  }

  /**
   * @param comment what the person wrote beside it, asked when a button is pressed
   */
  public List<Button> buttons(DecisionViews.Decision decision, Supplier<String> comment) {
    return decision.options().stream()
        .map(o -> button(decision, o, decision.options().indexOf(o) == 0, comment))
        .toList();
  }

  /** Lays answers out beside each other, or below each other where they are sentences. */
  public static Region laid(List<? extends Button> answers) {
    if (answers.stream().allMatch(b -> b.getText().length() <= BRIEF)) {
      return Widgets.flow(8, 8, answers.toArray(Button[]::new));
    }
    for (var answer : answers) {
      answer.setWrapText(true);
      answer.setMinWidth(0);
      answer.setMaxWidth(Double.MAX_VALUE);
      answer.setMinHeight(Region.USE_PREF_SIZE);
      answer.setAlignment(Pos.CENTER_LEFT);
    }
    return Widgets.column(6, answers.toArray(Button[]::new));
  }

  private Button button(
      DecisionViews.Decision decision, String option, boolean first, Supplier<String> comment) {
    var refusal = REFUSALS.contains(option.split("[ -]")[0].toLowerCase(Locale.ROOT));
    var label = name(decision, option);
    var sent = new SimpleBooleanProperty();
    var button = context.act(Widgets.button(label, () -> {}, "answer"), sent);
    if (refusal) {
      button.getStyleClass().addAll("danger", "button-outlined");
    } else if (first) {
      button.getStyleClass().add("success");
    }
    button.setAccessibleText(
        context
            .texts()
            .text(
                "decision.answer",
                label,
                decision.id(),
                context.texts().asked(decision, decision.question())));
    button.setOnAction(
        _ -> {
          sent.set(true);
          give(decision, option, comment.get())
              .exceptionally(
                  _ -> {
                    sent.set(false);
                    return null;
                  });
        });
    return button;
  }

  /** An option as the person reads it. */
  public String name(DecisionViews.Decision decision, String option) {
    var word = context.texts().asked(decision, option);
    return word.substring(0, 1).toUpperCase(context.texts().locale()) + word.substring(1);
  }

  /**
   * Answers a decision, and says so.
   *
   * @param comment what goes with it; blank for nothing
   */
  public CompletableFuture<JsonNode> give(
      DecisionViews.Decision decision, String option, String comment) {
    return context
        .steering()
        .execute(
            new Command.Decide(decision.id(), option, comment.isBlank() ? null : comment.strip()))
        .thenApply(
            result -> {
              context.drafts().put("answer " + decision.id(), "");
              context
                  .notices()
                  .say(
                      context.texts().text("decision.said", decision.id(), name(decision, option)));
              return result;
            });
  }
}
