package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.config.forge.GitHubConfig;
import dev.hivedeck.engine.config.forge.GitHubReader;
import dev.hivedeck.engine.forge.Forge;
import dev.hivedeck.engine.forge.ForgeException;
import dev.hivedeck.engine.forge.github.GitHubAddress;
import dev.hivedeck.engine.forge.github.GitHubForge;
import dev.hivedeck.engine.forge.github.GitHubToken;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.forge.ForgeCommand;
import dev.hivedeck.engine.protocol.forge.ForgeViews.ForgeStatus;
import dev.hivedeck.engine.store.Store;
import java.net.URI;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Links a workspace with its repository on GitHub. The token goes to the address that a person
 * linked, whatever the configuration says later.
 */
public final class ForgeLinker implements AutoCloseable {
  private final Store store;
  private final Repository repository;
  private final Supplier<GitHubConfig> known;
  private final Supplier<GitHubConfig> inForce;
  private final GitHubToken tokens;
  private final Supplier<String> ids;
  private final Clock clock;
  private @Nullable Open open;

  private record Open(LinkLedger.Link link, GitHubForge forge) {
    boolean isOf(LinkLedger.Link other) {
      return link.repository().equals(other.repository())
          && link.api().equals(other.api())
          && link.tokenFrom().equals(other.tokenFrom());
    }
  }

  /**
   * @param known as the file says, in force or not
   * @param inForce throws where nobody has consented to any
   */
  ForgeLinker(
      Store store,
      Repository repository,
      Supplier<GitHubConfig> known,
      Supplier<GitHubConfig> inForce,
      GitHubToken tokens,
      Supplier<String> ids,
      Clock clock) {
    this.store = store;
    this.repository = repository;
    this.known = known;
    this.inForce = inForce;
    this.tokens = tokens;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * What is to be linked, and whose token GitHub says it is.
   *
   * @param login null where GitHub does not say
   */
  record Checked(LinkLedger.Link link, @Nullable String login) {}

  /**
   * Asks GitHub whether the token may push.
   *
   * @throws HiveException {@code no-remote}, {@code no-token}, {@code bad-parameter}, {@code
   *     not-trusted}, or what GitHub says
   */
  Checked check(ForgeCommand.Link command) {
    var address = address(command);
    var token = tokens.find(command.tokenFrom(), address.host());
    var forge = new GitHubForge(address, token::value, clock);
    try (forge) {
      var account = forge.account();
      if (!account.pushes()) {
        throw new HiveException(
            ErrorCode.FORGE_DENIED,
            "The token from "
                + token.source()
                + " may not push to "
                + address.repository()
                + ", so no pull request could be opened.",
            "Ask for the right to write there, or give another token: --token-from.");
      }
      var link =
          new LinkLedger.Link(
              account.repository(),
              address.host(),
              address.api(),
              token.source(),
              known.get().merge(),
              null,
              null,
              0);
      return new Checked(link, account.login());
    } catch (ForgeException e) {
      throw e.fault();
    }
  }

  /** Writes the link down; nobody may look at GitHub meanwhile. */
  ForgeStatus link(Checked checked) {
    var status =
        store.write(
            ids.get(),
            tx -> {
              LinkLedger.link(tx, checked.link(), checked.login());
              return LinkLedger.status(tx.sql());
            });
    forget();
    return status;
  }

  /** Ends the link; nobody may look at GitHub meanwhile. */
  ForgeStatus unlink() {
    var status =
        store.write(
            ids.get(),
            tx -> {
              if (LinkLedger.link(tx.sql()).isEmpty()) {
                throw unlinked();
              }
              LinkLedger.unlink(tx);
              return LinkLedger.status(tx.sql());
            });
    forget();
    return status;
  }

  static HiveException unlinked() {
    return new HiveException(
        ErrorCode.NO_LINK,
        "This workspace is not linked with GitHub.",
        "hivedeck github link links it.");
  }

  private GitHubAddress address(ForgeCommand.Link command) {
    String typed = command.api() == null ? null : command.api().strip();
    var config = config(typed);
    String api = typed == null ? config.api() : typed;
    String problem = api == null ? null : GitHubReader.problem(api);
    if (problem != null) {
      throw new HiveException(
          ErrorCode.BAD_PARAMETER,
          "The address of the API cannot be used: it " + problem + ".",
          "Write the base address of the API: https://github.example.com/api/v3.");
    }
    String remote = config.remote();
    String url = repository.git().run("remote", "get-url", "--push", remote).out().strip();
    if (url.isEmpty()) {
      throw new HiveException(
          ErrorCode.NO_REMOTE,
          "This repository has no remote " + remote + ", where branches would be pushed to.",
          "Add it (git remote add " + remote + " URL), or name another under github.remote.");
    }
    var found = GitHubAddress.of(url);
    if (command.repository() != null && !command.repository().isBlank()) {
      String host =
          api != null
              ? URI.create(api).getHost().toLowerCase(Locale.ROOT)
              : found.map(GitHubAddress::host).orElse("github.com");
      found = at(host, command.repository());
    }
    var address =
        found.orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.NO_REMOTE,
                    "The address of remote " + remote + " names no repository on GitHub.",
                    "Say which it is: hivedeck github link OWNER/NAME."));
    if (api == null) {
      return address;
    }
    var other = address.with(api);
    boolean own = GitHubAddress.of(url).filter(a -> a.api().equals(other.api())).isPresent();
    if (typed == null && !own) {
      throw new HiveException(
          ErrorCode.BAD_PARAMETER,
          "hive.yaml sends the token to %s, which is not where remote %s is."
              .formatted(other.api(), remote),
          "If that is right, say so: hivedeck github link --url " + other.api() + ".");
    }
    return other;
  }

  /**
   * What was consented to; of what was not, only the name of the remote, for an address that a
   * person typed.
   *
   * @throws HiveException {@code not-trusted}
   */
  private GitHubConfig config(@Nullable String typed) {
    boolean says =
        known.get().api() != null || !known.get().remote().equals(GitHubConfig.STANDARD.remote());
    return typed == null && says ? inForce.get() : known.get();
  }

  private static Optional<GitHubAddress> at(String host, String repository) {
    var found = GitHubAddress.at(host, repository);
    if (found.isEmpty()) {
      throw new HiveException(
          ErrorCode.BAD_PARAMETER,
          "\"" + repository + "\" is no repository on GitHub.",
          "Write OWNER/NAME.");
    }
    return found;
  }

  /**
   * What is linked; the token is asked for once.
   *
   * @throws HiveException {@code no-token}
   */
  synchronized Forge forge(LinkLedger.Link link) {
    if (open == null || !open.isOf(link)) {
      forget();
      var address = GitHubAddress.at(link.host(), link.repository()).orElseThrow().with(link.api());
      var token = tokens.find(link.tokenFrom(), address.host());
      open = new Open(link, new GitHubForge(address, token::value, clock));
    }
    return open.forge();
  }

  /** The next use asks for the token anew. */
  synchronized void forget() {
    if (open != null) {
      open.forge().close();
      open = null;
    }
  }

  @Override
  public void close() {
    forget();
  }
}
