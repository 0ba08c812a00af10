/** An error of the emulated API, with the name that AWS gives it. */
export class ApiError extends Error {
  /** The exception's name in the API's model, such as `InvalidParameterException`. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

/** A parameter of the request is invalid. */
export function invalidParameter(message: string): ApiError {
  return new ApiError('InvalidParameterException', message);
}

/** The caller does not have the permission for an operation. */
export function accessDenied(operation: string): ApiError {
  const message = `User is not authorized to perform: cognito-idp:${operation}`;
  return new ApiError('AccessDeniedException', message);
}
