package io.cairnfs.it.linear;

import java.util.List;

/**
 * What an object may do, one operation at a time.
 *
 * @param <S> its states: immutable, with equals and hashCode
 * @param <O> operations together with what they answered
 */
public interface Model<S, O> {

  /** The states that it may be in after this operation with this answer; none if it cannot be. */
  List<S> after(S state, O operation);
}
