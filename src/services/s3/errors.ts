import { defineErrors } from "../../base/errors.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const errors = defineErrors({
  accessDenied: { code: "AccessDenied", status: 403, message: (message: string) => message },
  noSuchBucket: {
    code: "NoSuchBucket", status: 404, message: (_bucket: string) => "The specified bucket does not exist",
    members: (bucket) => ({ BucketName: bucket }),
  },
  noSuchKey: {
    code: "NoSuchKey", status: 404, message: (_key: string) => "The specified key does not exist.",
    members: (key) => ({ Key: key }),
  },
  noSuchUpload: {
    code: "NoSuchUpload", status: 404,
    message: (_upload: string) => "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    members: (upload) => ({ UploadId: upload }),
  },
  bucketAlreadyExists: {
    code: "BucketAlreadyExists", status: 409,
    message: (_bucket: string) => "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
    members: (bucket) => ({ BucketName: bucket }),
  },
  bucketAlreadyOwnedByYou: {
    code: "BucketAlreadyOwnedByYou", status: 409,
    message: (_bucket: string) => "Your previous request to create the named bucket succeeded and you already own it.",
    members: (bucket) => ({ BucketName: bucket }),
  },
  bucketNotEmpty: {
    code: "BucketNotEmpty", status: 409, message: (_bucket: string) => "The bucket you tried to delete is not empty",
    members: (bucket) => ({ BucketName: bucket }),
  },
  invalidBucketName: {
    code: "InvalidBucketName", status: 400, message: (_bucket: string) => "The specified bucket is not valid.",
    members: (bucket) => ({ BucketName: bucket }),
  },
  invalidLocationConstraint: {
    code: "InvalidLocationConstraint", status: 400, message: (_region: string) => "The specified location-constraint is not valid",
    members: (region) => ({ LocationConstraint: region }),
  },
  illegalLocationConstraint: {
    code: "IllegalLocationConstraintException", status: 400,
    message: (region: string) => `The ${region} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  },
  wrongRegion: {
    code: "AuthorizationHeaderMalformed", status: 400,
    message: (given: string, expected: string) => `The authorization header is malformed; the region '${given}' is wrong; expecting '${expected}'`,
    members: (_given, expected) => ({ Region: expected }),
    headers: (_given, expected) => ({ "x-amz-bucket-region": expected }),
  },
  invalidRange: {
    code: "InvalidRange", status: 416, message: (_range: string, _size: number) => "The requested range is not satisfiable",
    members: (range, size) => ({ RangeRequested: range, ActualObjectSize: size }),
  },
  invalidPartNumber: {
    code: "InvalidPartNumber", status: 416, message: (_asked: number, _count: number) => "The requested partnumber is not satisfiable",
    members: (asked, count) => ({ PartNumberRequested: asked, ActualPartCount: count }),
  },
  preconditionFailed: {
    code: "PreconditionFailed", status: 412,
    message: (_condition: string) => "At least one of the pre-conditions you specified did not hold",
    members: (condition) => ({ Condition: condition }),
  },
  notModified: {
    code: "NotModified", status: 304, message: (_etag: string, _modified: string) => "Not Modified",
    headers: (etag, modified) => ({ etag, "last-modified": modified }),
  },
  entityTooSmall: {
    code: "EntityTooSmall", status: 400,
    message: (_part: { readonly size: number; readonly minimum: number; readonly number: number; readonly etag: string }) =>
      "Your proposed upload is smaller than the minimum allowed size",
    members: ({ size, minimum, number, etag }) => ({ ProposedSize: size, MinSizeAllowed: minimum, PartNumber: number, ETag: etag }),
  },
  entityTooLarge: {
    code: "EntityTooLarge", status: 400,
    message: (_size: number, _limit: number) => "Your proposed upload exceeds the maximum allowed size",
    members: (size, limit) => ({ ProposedSize: size, MaxSizeAllowed: limit }),
  },
  invalidPart: {
    code: "InvalidPart", status: 400,
    message: (_upload: string, _number: number, _etag: string) =>
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    members: (upload, number, etag) => ({ UploadId: upload, PartNumber: number, ETag: etag }),
  },
  invalidPartOrder: {
    code: "InvalidPartOrder", status: 400,
    message: (_upload: string) => "The list of parts was not in ascending order. Parts must be ordered by part number.",
    members: (upload) => ({ UploadId: upload }),
  },
  badDigest: {
    code: "BadDigest", status: 400,
    message: (name: string) => `The ${name} you specified did not match ${name === "Content-MD5" ? "what we received" : "the calculated checksum"}.`,
  },
  checksumTypeMismatch: {
    code: "BadDigest", status: 400,
    message: (given: string, own: string) => `The checksum type ${given} you specified does not match the ${own} of the upload.`,
  },
  malformedXml: {
    code: "MalformedXML", status: 400,
    message: () => "The XML you provided was not well-formed or did not validate against our published schema",
  },
  malformedPolicy: { code: "MalformedPolicy", status: 400, message: (reason: string) => reason },
  invalidPrincipal: {
    code: "MalformedPolicy", status: 400, message: (_detail: string) => "Invalid principal in policy",
    members: (detail) => ({ Detail: detail }),
  },
  keyTooLong: {
    code: "KeyTooLongError", status: 400, message: (_size: number, _limit: number) => "Your key is too long",
    members: (size, limit) => ({ Size: size, MaxSizeAllowed: limit }),
  },
  metadataTooLarge: {
    code: "MetadataTooLarge", status: 400,
    message: (_size: number, _limit: number) => "Your metadata headers exceed the maximum allowed metadata size",
    members: (size, limit) => ({ Size: size, MaxSizeAllowed: limit }),
  },
  invalidArgument: {
    code: "InvalidArgument", status: 400, message: (message: string, _name: string, _value: unknown) => message,
    members: (_message, name, value) => ({ ArgumentName: name, ArgumentValue: value }),
  },
  invalidRequest: { code: "InvalidRequest", status: 400, message: (message: string) => message },
  invalidTag: { code: "InvalidTag", status: 400, message: (message: string) => message },
  tooManyTags: {
    code: "BadRequest", status: 400,
    message: (kind: "Object" | "Bucket", limit: number) => `${kind} tags cannot be greater than ${limit}`,
  },
  noSuchTagSet: {
    code: "NoSuchTagSet", status: 404, message: (_bucket: string) => "The TagSet does not exist",
    members: (bucket) => ({ BucketName: bucket }),
  },
  noSuchBucketPolicy: {
    code: "NoSuchBucketPolicy", status: 404, message: (_bucket: string) => "The bucket policy does not exist",
    members: (bucket) => ({ BucketName: bucket }),
  },
  noSuchCors: {
    code: "NoSuchCORSConfiguration", status: 404, message: (_bucket: string) => "The CORS configuration does not exist",
    members: (bucket) => ({ BucketName: bucket }),
  },
  noSuchPublicAccessBlock: {
    code: "NoSuchPublicAccessBlockConfiguration", status: 404,
    message: (_bucket: string) => "The public access block configuration was not found",
    members: (bucket) => ({ BucketName: bucket }),
  },
  aclsNotSupported: { code: "AccessControlListNotSupported", status: 400, message: () => "The bucket does not allow ACLs" },
  headerNotImplemented: {
    code: "NotImplemented", status: 501,
    message: (_header: string, _value: string) => "A header you provided implies functionality that is not implemented",
    members: (header) => ({ Header: header }),
  },
  /** Strict: what we do not do is refused by its name, never ignored. */
  unsupportedHeader: {
    code: "NotImplemented", status: 501,
    message: (header: string, value: string) =>
      `A header you provided implies functionality that is not implemented: ${header}=${value}. Start the server with --lenient to go on without it.`,
    members: (header) => ({ Header: header }),
  },
  unsupported: {
    code: "NotImplemented", status: 501,
    message: (what: string) => `${what} is not supported by Sagebrush. Start the server with --lenient to go on without it.`,
  },
});
