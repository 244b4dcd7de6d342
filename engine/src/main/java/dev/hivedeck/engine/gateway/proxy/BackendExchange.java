package dev.hivedeck.engine.gateway.proxy;

import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.client.ContinueNotification;
import io.undertow.client.PushCallback;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.AttachmentKey;
import io.undertow.util.AttachmentList;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/** A request at an instance, which tells its call of the answer. */
record BackendExchange(ClientExchange exchange, ProxiedCall call) implements ClientExchange {
  @Override
  public void setResponseListener(ClientCallback<ClientExchange> listener) {
    exchange.setResponseListener(
        new ClientCallback<>() {
          @Override
          public void completed(ClientExchange result) {
            if (!call.isLate()) {
              var answer = result.getResponse();
              HopByHop.removeFromAnswer(answer.getResponseHeaders(), answer.getResponseCode());
              call.answered(answer.getResponseCode());
              listener.completed(BackendExchange.this);
            }
          }

          @Override
          public void failed(IOException e) {
            if (!call.isLate()) { // else it is answered already
              listener.failed(e);
            }
          }
        });
  }

  @Override
  public void setContinueHandler(ContinueNotification handler) {
    exchange.setContinueHandler(handler);
  }

  @Override
  public void setPushHandler(PushCallback callback) {
    exchange.setPushHandler(callback);
  }

  @Override
  public StreamSinkChannel getRequestChannel() {
    return exchange.getRequestChannel();
  }

  @Override
  public StreamSourceChannel getResponseChannel() {
    return exchange.getResponseChannel();
  }

  @Override
  public ClientRequest getRequest() {
    return exchange.getRequest();
  }

  @Override
  public ClientResponse getResponse() {
    return exchange.getResponse();
  }

  @Override
  public ClientResponse getContinueResponse() {
    return exchange.getContinueResponse();
  }

  @Override
  public ClientConnection getConnection() {
    return exchange.getConnection();
  }

  @Override
  public <T> @Nullable T getAttachment(AttachmentKey<T> key) {
    return exchange.getAttachment(key);
  }

  @Override
  public <T> List<T> getAttachmentList(AttachmentKey<? extends List<T>> key) {
    return exchange.getAttachmentList(key);
  }

  @Override
  public <T> @Nullable T putAttachment(AttachmentKey<T> key, T value) {
    if (key == HttpAttachments.RESPONSE_TRAILERS && value instanceof HeaderMap trailers) {
      exchange.putAttachment(HttpAttachments.RESPONSE_TRAILERS, HopByHop.trailers(trailers));
      return null;
    }
    return exchange.putAttachment(key, value);
  }

  @Override
  public <T> @Nullable T removeAttachment(AttachmentKey<T> key) {
    return exchange.removeAttachment(key);
  }

  @Override
  public <T> void addToAttachmentList(AttachmentKey<AttachmentList<T>> key, T value) {
    exchange.addToAttachmentList(key, value);
  }
}
