package dev.hivedeck.app.cli.forge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.forge.ForgeCommand;
import dev.hivedeck.engine.protocol.forge.ForgeQuery;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckRun;
import dev.hivedeck.engine.protocol.forge.ForgeViews.CheckState;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullRequest;
import dev.hivedeck.engine.protocol.view.Word;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** The link with GitHub. */
@Command(
    name = "github",
    description =
        "GitHub: links the workspace with its repository there, so that changes are pull requests; "
            + "without more words, how it stands with the link.")
public final class GitHubCommands implements Callable<Integer> {
  @ParentCommand HivedeckCommand cli;

  @Override
  public Integer call() {
    return status();
  }

  @Command(
      name = "status",
      description = "Whether it is linked and reached, its rate limit, and the pull requests.")
  int status() {
    try (var opened = EngineAccess.read(cli.workspace())) {
      JsonNode answer = opened.door().query(new ForgeQuery.Status());
      var pulls = opened.list(new ForgeQuery.PullRequests(), PullRequest.class);
      var status = Json.as(answer, ForgeStatus.class);
      cli.answer(
          Map.of("link", answer, "pullRequests", pulls),
          words(status) + (pulls.isEmpty() ? "" : "\n" + table(pulls)));
      return HivedeckCommand.DONE;
    }
  }

  @Command(
      name = "link",
      description =
          "Links the workspace with its repository on GitHub. From then on changes that are ready"
              + " are pushed and opened as pull requests, and main is pushed when the merge queue"
              + " has merged one; hive.yaml says otherwise under github.")
  int link(
      @Parameters(
              paramLabel = "OWNER/NAME",
              arity = "0..1",
              description = "The repository; without it the one of the remote.")
          String repository,
      @Option(
              names = "--url",
              paramLabel = "BASE",
              description = "Base address of the API, for a server of your own.")
          String api,
      @Option(
              names = "--token-from",
              paramLabel = "SOURCE",
              description = {
                "Where the token is asked for: gh, keychain (hivedeck secret set github-token),",
                "git, env or env:NAME. Without it: the first of them that has one."
              })
          String tokenFrom) {
    return send(new ForgeCommand.Link(repository, api, tokenFrom));
  }

  @Command(name = "unlink", description = "Ends the link; what is on GitHub stays as it is.")
  int unlink() {
    return send(new ForgeCommand.Unlink());
  }

  @Command(name = "sync", description = "Looks at GitHub now, and says how that went.")
  int sync() {
    return send(new ForgeCommand.Sync());
  }

  private int send(ForgeCommand command) {
    try (var opened = EngineAccess.open(cli.workspace())) {
      var answer = opened.door().execute(command, null, cli.key());
      cli.answer(answer, words(Json.as(answer, ForgeStatus.class)));
      return HivedeckCommand.DONE;
    }
  }

  private static String words(ForgeStatus status) {
    if (!status.linked()) {
      return "Not linked with GitHub. hivedeck github link links it.";
    }
    var text = new StringBuilder();
    text.append("Linked with ").append(status.repository()).append(" at ").append(status.api());
    text.append(status.login() == null ? "" : ", as " + status.login());
    text.append(", token from ").append(status.tokenFrom()).append(".\n");
    text.append(
        switch (status.reach()) {
          case REACHED -> "Reached, last at " + status.syncedAt() + ".";
          case NEW -> "Not looked at yet.";
          case OFFLINE -> "Not reached.";
          case LIMITED -> "GitHub asks to wait.";
          case REFUSED -> "Refused.";
          case UNLINKED -> "";
        });
    if (status.remaining() != null) {
      text.append(" %d of %d requests are left.".formatted(status.remaining(), status.limit()));
    }
    if (status.problem() != null) {
      text.append('\n').append(status.problem());
      text.append(status.remedy() == null ? "" : " " + status.remedy());
    }
    if (status.retryAt() != null) {
      text.append("\nTried again at ").append(status.retryAt()).append('.');
    }
    return text.toString();
  }

  private static TextTable table(List<PullRequest> pulls) {
    var table = new TextTable("Change", "Pull request", "State", "Checks", "Review", "Needs you");
    pulls.forEach(
        p ->
            table.row(
                p.id(),
                p.url().isEmpty() ? "#" + p.number() : p.url(),
                p.state().word(),
                checks(p),
                Word.kebab(p.review()),
                p.problem() == null ? "" : p.problem()));
    return table;
  }

  private static String checks(PullRequest pull) {
    if (pull.checks() != CheckState.FAILING) {
      return pull.checks().word();
    }
    return "failing: "
        + pull.runs().stream()
            .filter(r -> r.state() == CheckState.FAILING)
            .map(CheckRun::name)
            .collect(Collectors.joining(", "));
  }
}
