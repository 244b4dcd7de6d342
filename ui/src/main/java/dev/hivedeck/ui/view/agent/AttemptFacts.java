package dev.hivedeck.ui.view.agent;

import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.AttemptViews;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import javafx.beans.value.ObservableValue;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.StackPane;

/** What an attempt has used, in which session, and when it was last heard of. */
final class AttemptFacts extends StackPane {
  private final ScreenContext context;
  private final Texts texts;
  private final Label used = Widgets.label("", "soft");
  private final Label session = Widgets.label("", "soft", "mono");
  private final Button copy;
  private final Label heard = Widgets.label("", "soft");
  private final ObservableValue<Instant> latest;
  private String id = "";

  /**
   * @param latest when it was last heard of; null while it was not
   */
  AttemptFacts(ScreenContext context, ObservableValue<Instant> latest) {
    this.context = context;
    this.texts = context.texts();
    this.latest = latest;
    copy =
        Widgets.icon(Icon.COPY, texts.text("agent.session.copy"), this::copy, "flat", "facts-copy");
    getChildren().setAll(Widgets.flow(12, 2, used, Widgets.row(2, session, copy), heard));
    latest.subscribe(this::heard);
    context.live().now().subscribe(this::heard);
  }

  /**
   * @param now its latest attempt; null when it has none
   */
  void show(AgentViews.Agent agent, AttemptViews.Attempt now) {
    var all = texts.text("agent.footer.none", texts.money(agent.cost()));
    used.setText(now == null ? all : tokens(now) + " · " + texts.cost(now.cost()) + " · " + all);
    id = now == null || now.session() == null ? "" : now.session();
    session.setText(id.isEmpty() ? "" : texts.text("agent.session", brief(id)));
    Widgets.show(session.getParent(), !id.isEmpty());
  }

  // An agent that ended and told of none has used some all the same.
  private String tokens(AttemptViews.Attempt a) {
    return a.state().over() && a.tokensIn() + a.tokensOut() == 0
        ? texts.text("agent.tokens.unknown")
        : texts.text(
            "agent.tokens.now",
            texts.brief(a.tokensIn()),
            texts.brief(a.cached()),
            texts.brief(a.tokensOut()));
  }

  private static String brief(String id) {
    return id.length() > 14 ? id.substring(0, 12) + "…" : id;
  }

  private void heard() {
    var at = latest.getValue();
    heard.setText(
        at == null ? "" : texts.text("agent.heard", texts.ago(at, context.live().now().get())));
    Widgets.show(heard, at != null);
  }

  private void copy() {
    Widgets.toClipboard(id);
    context.notices().say(texts.text("agent.session.copied"));
  }
}
