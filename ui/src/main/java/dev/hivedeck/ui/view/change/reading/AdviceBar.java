package dev.hivedeck.ui.view.change.reading;

import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReview;
import dev.hivedeck.engine.protocol.view.ChangeViews.AgentReviewState;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.ChangeViews.Comment;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;

/** What the agent says that looked at a change first, and the way back to its own agent with it. */
public final class AdviceBar extends VBox {
  private final Texts texts;
  private final Button take;
  private List<Object> shown = List.of();

  /**
   * @param take sends the change back with all that is open
   */
  public AdviceBar(Texts texts, Button take) {
    super(2);
    this.texts = texts;
    this.take = take;
    take.setMinWidth(Region.USE_PREF_SIZE);
    getStyleClass().add("advice-bar");
    Widgets.show(this, false);
  }

  /**
   * @param open whether it may be sent back now
   */
  public void show(Change change, boolean open) {
    Widgets.show(this, !change.agentReviews().isEmpty());
    if (change.agentReviews().isEmpty()) {
      return;
    }
    var review = change.agentReviews().getLast();
    long advice = change.comments().stream().filter(Comment::advises).count();
    List<Object> now = List.of(review, change.head(), change.agentReviews().size(), advice, open);
    if (now.equals(shown)) {
      return; // A button that is pressed must not be replaced meanwhile.
    }
    shown = now;
    Widgets.show(take, open && advice > 0);
    take.setText(texts.text("advice.take", advice));
    var line =
        Widgets.row(
            8,
            tone(review.state()).on(Icon.COMMENT.node()),
            Widgets.grow(Widgets.prose(words(change, review))),
            take);
    getChildren().setAll(line);
    for (String more : new String[] {review.summary(), review.detail()}) {
      if (more != null) {
        getChildren().add(more(more.equals(review.detail()) ? texts.said(more) : more));
      }
    }
    setAccessibleText(words(change, review));
  }

  private static Node more(String text) {
    return Widgets.prose(text, "soft");
  }

  private String words(Change change, AgentReview review) {
    String how = texts.text("advice." + review.state().word(), review.agent(), review.comments());
    String cost =
        review.state() == AgentReviewState.RUNNING
            ? ""
            : " · " + texts.costs(change.agentReviews().stream().map(AgentReview::cost).toList());
    return how
        + (review.head().equals(change.head()) ? "" : " · " + texts.text("advice.older"))
        + cost;
  }

  private static Tone tone(AgentReviewState state) {
    return switch (state) {
      case RUNNING -> Tone.BLUE;
      case DONE -> Tone.GREEN;
      case FAILED -> Tone.AMBER;
      case WAITING, OVERTAKEN -> Tone.NEUTRAL;
    };
  }
}
