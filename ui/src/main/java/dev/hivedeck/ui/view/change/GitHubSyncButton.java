package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.forge.ForgeCommand;
import dev.hivedeck.engine.protocol.forge.ForgeRegistration;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Reach;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.time.Instant;
import java.util.ArrayList;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.util.Subscription;

/** Looks at GitHub now, and says how it stands with that; nothing where there is no link. */
final class GitHubSyncButton extends HBox {
  private final ScreenContext context;
  private final Texts texts;
  private final EntityStore<ForgeStatus> states;
  private final Label standing = Widgets.label("", "soft");
  private final Button sync;

  GitHubSyncButton(ScreenContext context) {
    super(8);
    this.context = context;
    this.texts = context.texts();
    this.states = context.live().things(ForgeRegistration.FORGE, ForgeStatus.class);
    sync = context.act(texts.text("github.sync"), this::sync, "button-outlined");
    sync.setGraphic(Icon.RETRY.node());
    sync.setMinWidth(Region.USE_PREF_SIZE);
    setAlignment(Pos.CENTER_RIGHT);
    setMinWidth(Region.USE_PREF_SIZE);
    getChildren().setAll(standing, sync);
    renew();
  }

  /** Follows it while its screen is looked at. */
  Subscription watch() {
    return Subscription.combine(
        states.watch(this::renew), context.live().now().subscribe(_ -> renew()));
  }

  private void sync() {
    context.steering().execute(new ForgeCommand.Sync());
  }

  private void renew() {
    var status = states.all().stream().findFirst().orElse(ForgeStatus.NONE);
    Widgets.show(this, status.linked());
    if (status.linked()) {
      standing.setText(words(status));
      tone(status.reach()).on(standing);
      var more = Widgets.tooltip(more(status));
      sync.setTooltip(more);
      standing.setTooltip(more);
    }
  }

  private String words(ForgeStatus status) {
    Instant now = context.live().now().get();
    return switch (status.reach()) {
      case UNLINKED -> "";
      case NEW -> texts.text("github.new");
      case REACHED ->
          status.syncedAt() == null
              ? texts.text("github.new")
              : texts.text("github.reached", texts.ago(status.syncedAt(), now));
      case OFFLINE -> texts.text("github.offline");
      case LIMITED -> texts.text("github.limited");
      case REFUSED -> texts.text("github.refused");
    };
  }

  /** What is linked, what is wrong, and how many requests are left. */
  private String more(ForgeStatus status) {
    var lines = new ArrayList<String>();
    lines.add(texts.text("github.linked", status.repository(), status.api()));
    if (status.problem() != null) {
      lines.add(texts.said(status.problem()));
    }
    if (status.remedy() != null) {
      lines.add(texts.said(status.remedy()));
    }
    if (status.remaining() != null) {
      lines.add(texts.text("github.left", status.remaining(), status.limit()));
    }
    if (status.retryAt() != null) {
      lines.add(texts.text("github.again", texts.time(status.retryAt())));
    }
    return String.join("\n", lines);
  }

  private static Tone tone(Reach reach) {
    return switch (reach) {
      case REFUSED -> Tone.RED;
      case OFFLINE, LIMITED -> Tone.AMBER;
      default -> Tone.NEUTRAL;
    };
  }
}
