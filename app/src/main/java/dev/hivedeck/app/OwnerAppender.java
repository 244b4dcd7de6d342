package dev.hivedeck.app;

import ch.qos.logback.core.rolling.RollingFileAppender;
import dev.hivedeck.engine.file.OwnerFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Keeps the engine's log for its owner's eyes alone, whatever the umask is. Who only looks has
 * nothing to log, and makes neither file nor folder for it.
 *
 * @param <E> what is logged
 */
public final class OwnerAppender<E> extends RollingFileAppender<E> {
  private volatile boolean used;

  @Override
  protected void subAppend(E event) {
    if (!used) {
      use();
    }
    super.subAppend(event);
  }

  private void use() {
    streamWriteLock.lock();
    try {
      if (!used) {
        used = true;
        openFile(getFile());
      }
    } catch (IOException e) {
      addError("cannot open " + getFile(), e);
    } finally {
      streamWriteLock.unlock();
    }
  }

  @Override
  public void openFile(String name) throws IOException {
    if (!used) {
      setOutputStream(OutputStream.nullOutputStream());
      return;
    }
    Path file = Path.of(name).toAbsolutePath();
    OwnerFiles.folder(file.getParent());
    OwnerFiles.file(file);
    super.openFile(name);
  }
}
