package dev.hivedeck.app;

import ch.qos.logback.core.rolling.RollingFileAppender;
import dev.hivedeck.engine.file.OwnerFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Keeps the engine's log for its owner's eyes alone, whatever the umask is.
 *
 * @param <E> what is logged
 */
public final class OwnerAppender<E> extends RollingFileAppender<E> {
  @Override
  public void openFile(String name) throws IOException {
    Path file = Path.of(name).toAbsolutePath();
    OwnerFiles.folder(file.getParent());
    OwnerFiles.file(file);
    super.openFile(name);
  }
}
