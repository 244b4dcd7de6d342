package dev.hivedeck.ui.view.change;

import dev.hivedeck.engine.protocol.forge.ForgeRegistration;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckRun;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.Mergeable;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullRequest;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ReviewVerdict;
import dev.hivedeck.engine.protocol.view.ChangeViews.Change;
import dev.hivedeck.engine.protocol.view.Word;
import dev.hivedeck.ui.live.EntityStore;
import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.action.WebPage;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;
import org.jspecify.annotations.Nullable;

/** A change's pull request: its number and link, its checks and what reviewers say. */
final class PullRequestBar extends VBox {
  private final ScreenContext context;
  private final Texts texts;
  private final EntityStore<PullRequest> pulls;
  private Optional<PullRequest> shown = Optional.empty();

  PullRequestBar(ScreenContext context) {
    super(4);
    this.context = context;
    this.texts = context.texts();
    this.pulls = context.live().things(ForgeRegistration.PULL_REQUEST, PullRequest.class);
    Widgets.show(this, false);
  }

  /** Follows pull requests while their screen is looked at. */
  Subscription watch(Runnable changed) {
    return pulls.watch(changed);
  }

  /** Shows that of this change; nothing where it has none. */
  void show(@Nullable Change change) {
    var pull = change == null ? Optional.<PullRequest>empty() : pulls.get(change.id());
    Widgets.show(this, pull.isPresent());
    if (pull.equals(shown)) {
      return; // A link that is pressed must not be replaced meanwhile.
    }
    shown = pull;
    getChildren().clear();
    pull.ifPresent(this::fill);
  }

  private void fill(PullRequest pull) {
    var nodes = new ArrayList<Node>();
    nodes.add(link(texts.text("github.pull", pull.number()), pull.url()));
    var state = Widgets.label(texts.word("github.state", pull.state()));
    nodes.add((pull.state() == PullState.MERGED ? Tone.GREEN : Tone.NEUTRAL).on(state));
    if (pull.state() == PullState.OPEN) {
      nodes.add(tone(pull.checks()).on(Widgets.label(texts.word("github.checks", pull.checks()))));
      if (pull.review() != ReviewVerdict.NONE) {
        var review = Widgets.label(texts.text("github.review." + Word.kebab(pull.review())));
        nodes.add(tone(pull.review()).on(review));
      }
      if (pull.mergeable() == Mergeable.CONFLICTING) {
        nodes.add(Tone.RED.on(Widgets.label(texts.text("github.conflicting"))));
      }
    }
    if (pull.rounds() > 0) {
      nodes.add(Widgets.label(texts.text("github.rounds", pull.rounds()), "soft"));
    }
    getChildren().add(Widgets.flow(10, 4, nodes.toArray(Node[]::new)));
    runs(pull);
    if (pull.problem() != null) {
      String remedy = pull.remedy() == null ? "" : " " + texts.said(pull.remedy());
      String said = texts.said(pull.problem());
      String problem = said.substring(0, 1).toUpperCase(Locale.ROOT) + said.substring(1);
      var words = Widgets.prose(problem + (problem.endsWith(".") ? "" : ".") + remedy);
      getChildren()
          .add(
              Widgets.row(
                  8, Tone.AMBER.on(Icon.WARNED.node()), Widgets.grow(Tone.AMBER.on(words))));
    }
  }

  /** Those that have something to say: what has passed is counted. */
  private void runs(PullRequest pull) {
    var telling =
        pull.runs().stream()
            .filter(r -> r.state() != CheckState.PASSING && r.state() != CheckState.SKIPPED)
            .toList();
    if (pull.state() != PullState.OPEN || telling.isEmpty()) {
      return;
    }
    var nodes = new ArrayList<Node>();
    for (CheckRun run : telling) {
      var name = run.workflow().isEmpty() ? run.name() : run.workflow() + " / " + run.name();
      var words = name + ": " + texts.word("github.check", run.state());
      nodes.add(tone(run.state()).on(link(words, run.url())));
    }
    getChildren().add(Widgets.flow(10, 4, nodes.toArray(Node[]::new)));
  }

  private Node link(String words, @Nullable String url) {
    return url != null && WebPage.is(url)
        ? Widgets.link(words, () -> WebPage.open(context, url))
        : Widgets.label(words);
  }

  private static Tone tone(CheckState state) {
    return switch (state) {
      case FAILING -> Tone.RED;
      case PASSING -> Tone.GREEN;
      case PENDING -> Tone.BLUE;
      case NONE, CANCELLED -> Tone.AMBER;
      case SKIPPED -> Tone.NEUTRAL;
    };
  }

  private static Tone tone(ReviewVerdict verdict) {
    return switch (verdict) {
      case APPROVED -> Tone.GREEN;
      case CHANGES_REQUESTED -> Tone.RED;
      case REQUIRED -> Tone.AMBER;
      case NONE -> Tone.NEUTRAL;
    };
  }
}
