package dev.hivedeck.engine.gateway.proxy;

import dev.hivedeck.engine.gateway.http.ResponseGuard;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientStatistics;
import io.undertow.connector.ByteBufferPool;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.Option;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** A connection to an instance. It is one call's at a time, and tells it of the answer. */
final class BackendConnection implements ClientConnection {
  private final ClientConnection connection;
  private final @Nullable ResponseGuard guard;
  private @Nullable ProxiedCall call;

  /**
   * @param guard what holds its answers to HTTP/1.1
   */
  BackendConnection(ClientConnection connection, @Nullable ResponseGuard guard) {
    this.connection = connection;
    this.guard = guard;
  }

  /** Whose it is from now on. */
  void give(ProxiedCall to) {
    call = to;
  }

  @Override
  public void sendRequest(ClientRequest request, ClientCallback<ClientExchange> callback) {
    var mine = call;
    if (guard != null) {
      guard.await(request.getMethod().equals(Methods.HEAD));
    }
    connection.sendRequest(
        request,
        new ClientCallback<>() {
          @Override
          public void completed(ClientExchange result) {
            callback.completed(mine == null ? result : new BackendExchange(result, mine));
          }

          @Override
          public void failed(IOException e) {
            callback.failed(e);
          }
        });
  }

  @Override
  public StreamConnection performUpgrade() throws IOException {
    return connection.performUpgrade();
  }

  @Override
  public ByteBufferPool getBufferPool() {
    return connection.getBufferPool();
  }

  @Override
  public SocketAddress getPeerAddress() {
    return connection.getPeerAddress();
  }

  @Override
  public <A extends SocketAddress> A getPeerAddress(Class<A> type) {
    return connection.getPeerAddress(type);
  }

  @Override
  public ChannelListener.Setter<? extends ClientConnection> getCloseSetter() {
    return connection.getCloseSetter();
  }

  @Override
  public SocketAddress getLocalAddress() {
    return connection.getLocalAddress();
  }

  @Override
  public <A extends SocketAddress> A getLocalAddress(Class<A> type) {
    return connection.getLocalAddress(type);
  }

  @Override
  public XnioWorker getWorker() {
    return connection.getWorker();
  }

  @Override
  public XnioIoThread getIoThread() {
    return connection.getIoThread();
  }

  @Override
  public boolean isOpen() {
    return connection.isOpen();
  }

  @Override
  public boolean supportsOption(Option<?> option) {
    return connection.supportsOption(option);
  }

  @Override
  public <T> T getOption(Option<T> option) throws IOException {
    return connection.getOption(option);
  }

  @Override
  public <T> T setOption(Option<T> option, T value) throws IOException {
    return connection.setOption(option, value);
  }

  @Override
  public boolean isUpgraded() {
    return connection.isUpgraded();
  }

  @Override
  public boolean isPushSupported() {
    return connection.isPushSupported();
  }

  @Override
  public boolean isMultiplexingSupported() {
    return connection.isMultiplexingSupported();
  }

  @Override
  public ClientStatistics getStatistics() {
    return connection.getStatistics();
  }

  @Override
  public boolean isUpgradeSupported() {
    return connection.isUpgradeSupported();
  }

  @Override
  public void addCloseListener(ChannelListener<ClientConnection> listener) {
    connection.addCloseListener(listener);
  }

  @Override
  public void close() throws IOException {
    if (guard != null) {
      guard.breakOff();
    }
    connection.close();
  }
}
