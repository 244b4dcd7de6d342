package dev.hivedeck.engine.protocol.forge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.hivedeck.engine.protocol.Command;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a person does with the link to GitHub. */
public sealed interface ForgeCommand extends Command {

  /**
   * Links the workspace to its repository on GitHub, once GitHub has said that the token may push.
   * Answer: {@link ForgeViews.ForgeStatus}.
   *
   * @param repository {@code owner/name}; null for that of the remote
   * @param api base address of its API; null for that of the remote's host
   * @param tokenFrom {@code gh}, {@code keychain}, {@code git} or {@code env:NAME}; null for the
   *     first that has one
   */
  @JsonTypeName("github.link")
  record Link(@Nullable String repository, @Nullable String api, @Nullable String tokenFrom)
      implements ForgeCommand {
    /** Where a token may be asked for; whoever writes another word may have written a token. */
    public static final Pattern SOURCE =
        Pattern.compile("gh|keychain|git|env(:[A-Za-z_][A-Za-z0-9_]{0,99})?");

    /** An address with a password in it, and a token in the place of its source, are left out. */
    @Override
    public Link withoutSecrets() {
      boolean named = tokenFrom == null || SOURCE.matcher(tokenFrom).matches();
      boolean plain = api == null || !api.contains("@");
      return named && plain
          ? this
          : new Link(repository, plain ? api : MASK, named ? tokenFrom : MASK);
    }
  }

  /** Ends the link; what is on GitHub stays. Answer: {@link ForgeViews.ForgeStatus}. */
  @JsonTypeName("github.unlink")
  record Unlink() implements ForgeCommand {}

  /** Looks at GitHub now. Answer: {@link ForgeViews.ForgeStatus}, once that is done. */
  @JsonTypeName("github.sync")
  record Sync() implements ForgeCommand {}
}
