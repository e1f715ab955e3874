import type { Operation } from "../../wire/service.ts";
import { getBucketAcl, putBucketAcl } from "./bucket/acl.ts";
import { deleteBucketCors, getBucketCors, putBucketCors } from "./bucket/cors.ts";
import { createBucket } from "./bucket/create.ts";
import {
  deleteBucketEncryption, getBucketEncryption, getBucketOwnershipControls, getBucketVersioning, putBucketEncryption,
  putBucketOwnershipControls, putBucketVersioning,
} from "./bucket/defaults.ts";
import { deleteBucket } from "./bucket/delete.ts";
import { headBucket } from "./bucket/head.ts";
import { listBuckets } from "./bucket/list.ts";
import { getBucketLocation } from "./bucket/location.ts";
import { deleteBucketPolicy, getBucketPolicy, getBucketPolicyStatus, putBucketPolicy } from "./bucket/policy.ts";
import { deletePublicAccessBlock, getPublicAccessBlock, putPublicAccessBlock } from "./bucket/public-access.ts";
import { deleteBucketTagging, getBucketTagging, putBucketTagging } from "./bucket/tagging.ts";
import type { S3State } from "./context.ts";
import { listObjects } from "./listing/list-v1.ts";
import { listObjectsV2 } from "./listing/list-v2.ts";
import { listObjectVersions } from "./listing/list-versions.ts";
import { abortMultipartUpload } from "./multipart/abort.ts";
import { completeMultipartUpload } from "./multipart/complete.ts";
import { createMultipartUpload } from "./multipart/create.ts";
import { listParts } from "./multipart/list-parts.ts";
import { listMultipartUploads } from "./multipart/list-uploads.ts";
import { uploadPart } from "./multipart/upload-part.ts";
import { uploadPartCopy } from "./multipart/upload-part-copy.ts";
import { getObjectAcl, putObjectAcl } from "./object/acl.ts";
import { getObjectAttributes } from "./object/attributes.ts";
import { copyObject } from "./object/copy.ts";
import { deleteObjects } from "./object/delete-many.ts";
import { deleteObject } from "./object/delete.ts";
import { getObject } from "./object/get.ts";
import { headObject } from "./object/head.ts";
import { putObject } from "./object/put.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./object/tagging.ts";

/** Every operation that S3 has here. */
export const s3Operations: readonly Operation<S3State>[] = [
  createBucket, headBucket, deleteBucket, listBuckets, getBucketLocation,
  putBucketPolicy, getBucketPolicy, deleteBucketPolicy, getBucketPolicyStatus,
  putBucketTagging, getBucketTagging, deleteBucketTagging, putBucketCors, getBucketCors, deleteBucketCors,
  getBucketAcl, putBucketAcl, putPublicAccessBlock, getPublicAccessBlock, deletePublicAccessBlock,
  getBucketVersioning, putBucketVersioning, getBucketEncryption, putBucketEncryption, deleteBucketEncryption,
  getBucketOwnershipControls, putBucketOwnershipControls,
  putObject, getObject, headObject, copyObject, deleteObject, deleteObjects, getObjectAttributes,
  putObjectTagging, getObjectTagging, deleteObjectTagging, getObjectAcl, putObjectAcl,
  listObjects, listObjectsV2, listObjectVersions,
  createMultipartUpload, uploadPart, uploadPartCopy, completeMultipartUpload, abortMultipartUpload, listParts, listMultipartUploads,
];
