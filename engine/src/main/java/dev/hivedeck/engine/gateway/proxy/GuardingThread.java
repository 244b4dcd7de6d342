package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.gateway.http.ResponseGuard;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoFuture;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.channels.BoundChannel;

/**
 * Stands for a thread while Undertow's client opens a connection on it, since there is no other
 * place where that can be held to its framing. It is never started; all is done by the other one.
 */
final class GuardingThread extends XnioIoThread {
  private final XnioIoThread thread;
  private final Consumer<ResponseGuard> guards;

  /**
   * @param guards hears of the guard of the connection before anybody reads from it
   */
  GuardingThread(XnioIoThread thread, Consumer<ResponseGuard> guards) {
    super(thread.getWorker(), thread.getNumber());
    this.thread = thread;
    this.guards = guards;
  }

  private ChannelListener<StreamConnection> guarded(
      @Nullable ChannelListener<? super StreamConnection> listener) {
    return connection -> {
      guards.accept(ResponseGuard.over(connection));
      if (listener != null) {
        listener.handleEvent(connection);
      }
    };
  }

  @Override
  public IoFuture<StreamConnection> openStreamConnection(
      SocketAddress destination,
      ChannelListener<? super StreamConnection> listener,
      OptionMap options) {
    return thread.openStreamConnection(destination, guarded(listener), options);
  }

  @Override
  public IoFuture<StreamConnection> openStreamConnection(
      SocketAddress bind,
      SocketAddress destination,
      ChannelListener<? super StreamConnection> listener,
      ChannelListener<? super BoundChannel> bound,
      OptionMap options) {
    return thread.openStreamConnection(bind, destination, guarded(listener), bound, options);
  }

  @Override
  public void execute(Runnable command) {
    thread.execute(command);
  }

  @Override
  public Key executeAfter(Runnable command, long time, TimeUnit unit) {
    return thread.executeAfter(command, time, unit);
  }

  @Override
  public Key executeAtInterval(Runnable command, long time, TimeUnit unit) {
    return thread.executeAtInterval(command, time, unit);
  }
}
