package dev.hivedeck.engine.preparation;

import dev.hivedeck.engine.config.AgentSpec;
import dev.hivedeck.engine.git.repository.Repository;
import dev.hivedeck.engine.process.SandboxLauncher;
import dev.hivedeck.engine.process.SandboxPolicy;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an agent in a sandbox sees and may change: the user's repository, whose objects its own
 * borrows, and what it was handed; of all else that Hivedeck keeps, nothing.
 *
 * @param files what it is handed
 * @param secluded all that Hivedeck keeps, as of now
 */
public record AgentConfinement(
    Repository repository, AttemptFiles files, Supplier<List<Path>> secluded) {
  private static final Logger LOG = LoggerFactory.getLogger(AgentConfinement.class);

  /**
   * The sandbox of one that is to have one.
   *
   * @param attempt under whose name it was handed files
   * @param worktree the folder that it works in
   * @return null where it has the user's rights
   * @throws HiveException {@code no-sandbox}
   */
  public @Nullable SandboxPolicy policy(
      String attempt, AgentSpec agent, Path worktree, SandboxLauncher sandboxLauncher) {
    var held = agent.held();
    if (held == null) {
      return null;
    }
    if (sandboxLauncher instanceof SandboxLauncher.None none) {
      throw new HiveException(
          ErrorCode.NO_SANDBOX,
          agent.name() + " is to work in a sandbox, so it did not begin: " + none.why(),
          none.remedy());
    }
    var writable = new ArrayList<>(held.caches());
    writable.add(files.folder(attempt));
    var readable = new ArrayList<>(held.read());
    readable.addAll(List.of(repository.root(), repository.common()));
    (agent.sandbox() == AgentSpec.Sandbox.READ_ONLY ? readable : writable).add(worktree);
    var hidden = new ArrayList<>(secluded.get());
    var account = Path.of(System.getProperty("user.home"));
    hidden.addAll(SandboxPolicy.hidden(account, System.getenv()));
    readable.addAll(
        SandboxPolicy.programs(
            SandboxPolicy.homes(account, System.getenv()),
            System.getenv(),
            agent.run(),
            held.caches()));
    for (Path cache : held.caches()) {
      try {
        Files.createDirectories(cache);
      } catch (IOException e) {
        LOG.warn("the cache {} of {} cannot be made: {}", cache, agent.name(), e.toString());
      }
    }
    return new SandboxPolicy(files.temporary(attempt), writable, readable, hidden, held.network());
  }
}
